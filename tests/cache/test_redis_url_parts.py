"""REDIS_URL is cut where any URL is cut; and what the parts hold is still as it was written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache import BadRedisUrl
from cache.redis_url_parts import Parts, split_url

PLAIN = st.text("abc019:,=&%[].-_+", max_size=8).map(lambda text: text.replace("%", "%41"))


@given(PLAIN | st.none(), PLAIN, PLAIN, PLAIN)
def test_parts_are_what_stands_between_the_signs(
    account: str | None, place: str, path: str, query: str
) -> None:
    before = "" if account is None else f"{account}@"

    assert split_url(f"redis://{before}{place}/{path}?{query}") == Parts(
        tls=False, kind="", account=account, place=place, path=f"/{path}", query=query
    )


@pytest.mark.parametrize(
    ("scheme", "tls", "kind"),
    [
        *(("redis", False, ""), ("valkey", False, ""), ("unix", False, "unix")),
        *(("rediss", True, ""), ("VALKEYS", True, "")),
        *(("redis+sentinel", False, "sentinel"), ("valkeys-SENTINEL", True, "sentinel")),
        *(("rediss+cluster", True, "cluster"), ("valkey-cluster", False, "cluster")),
    ],
)
def test_the_beginning_says_tls_and_topology(scheme: str, tls: bool, kind: str) -> None:
    parts = split_url(f"{scheme}://h")

    assert (parts.tls, parts.kind) == (tls, kind)


@pytest.mark.parametrize("sign", "/?#@")
def test_a_sign_that_ends_a_part_cannot_stand_bare_in_a_password(sign: str) -> None:
    with pytest.raises(BadRedisUrl, match=re.escape("%2F %3F %23 %40")):
        split_url(f"redis://:pass{sign}word@h")


def test_parts_do_not_show_a_password() -> None:
    assert "secret" not in repr(split_url("redis+sentinel://:secret@h/s?sentinel_password=secret"))
