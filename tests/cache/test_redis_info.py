"""INFO is read as it comes: names and values, and never an exception."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache import read_info
from dev_servers import RedisServer

NAMES = st.text("abcdefghijklmnopqrstuvwxyz_0123456789", min_size=1)
VALUES = st.text("abcdefghijklmnopqrstuvwxyz:/=,.- 0123456789").map(str.strip)


@given(st.binary())
def test_no_bytes_raise(raw: bytes) -> None:
    assert all(name and not name.startswith("#") for name in read_info(raw))


@given(st.dictionaries(NAMES, VALUES), st.sampled_from(["\r\n", "\n"]))
def test_what_was_told_is_read(fields: dict[str, str], end: str) -> None:
    lines = ["# Server", "", *(f"{name}:{value}" for name, value in fields.items()), "odd", ":odd"]

    assert read_info(end.join(lines).encode()) == fields


@pytest.mark.parametrize(
    ("raw", "fields"),
    [
        (b"", {}),
        (b"os:Linux 6.1 x86_64\r\n", {"os": "Linux 6.1 x86_64"}),
        (b"executable:/usr/bin/redis:server\r\n", {"executable": "/usr/bin/redis:server"}),
        (b"a:1\r\na:2\r\n", {"a": "2"}),
        (b"name:\xff\r\n", {"name": "�"}),
    ],
)
def test_single_lines(raw: bytes, fields: dict[str, str]) -> None:
    assert read_info(raw) == fields


def test_a_servers_own(redis_server: RedisServer) -> None:
    told = read_info(redis_server.ask("INFO").encode())

    assert told["tcp_port"] == str(redis_server.port)
    assert told["role"] == "master"
