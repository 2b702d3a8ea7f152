"""The table of options: the driver's own names, each typed and bounded, none ignored."""

from inspect import signature

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import BlockingConnectionPool, Connection, ConnectionPool, SSLConnection
from redis.asyncio.connection import AbstractConnection

from cache.redis_options import KINDS, NOT_TO_BE_SET, Options, number, read_options

OURS = {"ssl", "cluster", "read", "sentinel_username", "sentinel_password"}
DRIVERS = {
    name
    for made in (AbstractConnection, Connection, SSLConnection, ConnectionPool)
    for name in signature(made).parameters
} | {*signature(BlockingConnectionPool).parameters, "retry_on_error"}


def test_every_name_that_is_not_ours_is_the_drivers() -> None:
    assert KINDS.keys() - OURS - DRIVERS == set()
    assert set(NOT_TO_BE_SET) - DRIVERS == set()
    assert not KINDS.keys() & set(NOT_TO_BE_SET)


def test_nothing_behind_the_question_mark_names_nothing() -> None:
    assert read_options("") == Options()


def test_an_option_is_decoded_after_it_is_cut_and_a_plus_stays_a_plus() -> None:
    options = read_options("sentinel_password=a%26b=%2B+c")

    assert options == Options(sentinel_password="a&b=++c")


def test_a_sentinels_password_is_not_shown() -> None:
    assert "secret" not in repr(read_options("sentinel_password=secret"))


@pytest.mark.parametrize(
    ("query", "prefix", "found"),
    [
        ("ssl=false", "ssl", True),
        ("ssl=false", "ssl_", False),
        ("ssl_cert_reqs=none", "ssl_", True),
        ("db=0", "ssl", False),
    ],
)
def test_a_named_option_is_found_by_how_it_begins_even_if_false(
    query: str, prefix: str, found: bool
) -> None:
    assert read_options(query).any_of(prefix) is found


@given(st.integers(0, 99_999), st.integers(0, 99_999), st.integers(0, 99_999))
def test_a_number_is_read_within_its_bounds_only(value: int, low: int, high: int) -> None:
    assert number(str(value), low, high) == (value if low <= value <= high else None)


@pytest.mark.parametrize("text", ["", " 1", "+1", "-1", "1_0", "²", "٣", "1.0", "123456", "0x1"])
def test_only_plain_digits_are_a_number(text: str) -> None:
    assert number(text, 0, 999_999) is None
