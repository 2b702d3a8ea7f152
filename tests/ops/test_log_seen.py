"""Secrets in a log are found in every form; what is told of them is never the secret itself."""

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.host_seen import Secret
from ops.log_seen import ACCOUNT, LONGEST, leaks, read_log

PASSWORD = Secret(name="the password in REDIS_URL", text="s3cret/with @ signs")
QUIET = b"2026-11-23 INFO [1] tally.cache: cache: redis at redis://:***@localhost:6379/0 is in use."


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "app.log"


def test_a_log_without_secrets_is_in_order(log: Path) -> None:
    log.write_bytes(QUIET + b"\n")

    seen = read_log(log, [PASSWORD])

    assert (seen.leaks, seen.trouble, seen.unsought) == ({}, "", ())
    assert seen.sought == ("the password in REDIS_URL",)
    assert seen.read_bytes == len(QUIET) + 1


@pytest.mark.parametrize("form", ["s3cret/with @ signs", "s3cret%2Fwith%20%40%20signs"])
def test_a_password_is_found_as_it_is_and_as_a_url_has_it(log: Path, form: str) -> None:
    log.write_text(f"first\nsaid {form} twice: {form}\nlast\n")

    seen = read_log(log, [PASSWORD])

    assert seen.leaks == {"the password in REDIS_URL": 2}
    assert form not in repr(seen)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b"redis://:hunter2@10.0.0.3:6379/0", 1),
        (b"postgresql+asyncpg://tally:hunter2@db/tally refused", 1),
        (b"rediss://ann:***@localhost:6380/0", 0),
        (b"write redis://:password@host or redis://user:password@host.", 0),
        (b"http://localhost:8000/api/v2/jobs, mail to a@b", 0),
        (b"GET /api/v2/jobs?x=://a:@b", 0),
    ],
)
def test_an_account_in_a_url_is_found_unless_it_is_masked(line: bytes, found: int) -> None:
    assert leaks([line], []) == ({ACCOUNT: found} if found else {})


@given(st.text(min_size=8, max_size=40), st.binary(max_size=300), st.binary(max_size=300))
def test_whatever_stands_around_a_password_it_is_found(
    text: str, before: bytes, after: bytes
) -> None:
    found = leaks([before + text.encode() + after], [Secret(name="it", text=text)])

    assert found["it"] >= 1


def test_what_is_too_short_or_unread_is_not_looked_for_and_is_named(log: Path) -> None:
    log.write_text("redis redis redis\n")

    seen = read_log(log, [Secret(name="short", text="redis"), Secret(name="unread", text="")])

    assert seen.leaks == {}
    assert seen.unsought == ("short", "unread")


def test_only_the_end_of_a_long_log_is_read(log: Path) -> None:
    line = b"x" * 1023 + b"\n"
    with log.open("wb") as file:
        file.write(b"an early s3cret/with @ signs\n")
        for _ in range(21):
            file.write(line * 1024)
        file.write(b"a late s3cret/with @ signs\n")

    seen = read_log(log, [PASSWORD])

    assert seen.leaks == {"the password in REDIS_URL": 1}
    assert seen.read_bytes <= LONGEST + len(line)


def test_a_password_across_two_pieces_of_a_log_is_found(log: Path) -> None:
    log.write_bytes(b"x" * (2**20 - 5) + b"s3cret/with @ signs\n")

    assert read_log(log, [PASSWORD]).leaks == {"the password in REDIS_URL": 1}


def test_a_log_that_is_not_there_is_named_as_such(tmp_path: Path) -> None:
    seen = read_log(tmp_path / "none.log", [PASSWORD])

    assert seen.trouble == "No such file or directory"
    assert read_log(tmp_path, [PASSWORD]).trouble == "Is a directory"


def test_a_log_that_grows_meanwhile_comes_to_an_end(log: Path) -> None:
    log.write_bytes(QUIET + b"\n")
    stop = threading.Event()

    def write() -> None:
        with log.open("ab", buffering=0) as file:
            while not stop.is_set():
                file.write(b"y" * 65536 + b"\n")
                stop.wait(0.001)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = read_log(log, [PASSWORD])
    finally:
        stop.set()
        writer.join()

    assert seen.trouble == ""
    assert seen.read_bytes < LONGEST + 2**20
