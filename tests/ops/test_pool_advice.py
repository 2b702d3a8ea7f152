"""Advice on the pool: the row by the crowd, and a change only where calls were refused."""

import pytest

from ops.measured import Measured, Number
from ops.pool_advice import advise_pool


def crowd(users: float | None, *, busy: int | None, size: int = 10, clients: int = 9) -> Measured:
    return Measured(
        pollers=None if users is None else Number(value=users, samples=500),
        pool_size=size,
        busy=busy,
        processes=2,
        maxclients=clients * 100,
        ttl_seconds=30.0,
    )


def test_where_no_call_was_refused_the_pool_suffices_whatever_the_row_says() -> None:
    advice = advise_pool(crowd(600, busy=0))

    assert tuple(advice.row) == ("200-1000", "20-50", "High")
    assert advice.recommended == "35 connections"
    assert advice.change is None
    assert "what is there suffices" in advice.why[0]


@pytest.mark.parametrize(("users", "size", "change"), [(30, 10, 20), (900, 10, 47), (30, 60, 100)])
def test_where_calls_were_refused_the_pool_is_to_grow(users: int, size: int, change: int) -> None:
    assert advise_pool(crowd(users, busy=4, size=size)).change == f"CACHE_MAX_CONNECTIONS={change}"


def test_the_largest_pool_does_not_grow() -> None:
    advice = advise_pool(crowd(30, busy=4, size=100))

    assert advice.change is None
    assert "more connections would not help" in advice.why[0]


def test_a_crowd_nobody_counted_still_shows_what_was_refused() -> None:
    advice = advise_pool(crowd(None, busy=4))

    assert advice.row == ()
    assert advice.change == "CACHE_MAX_CONNECTIONS=20"
    assert advise_pool(crowd(None, busy=None)).change is None


def test_the_connections_that_redis_would_see_are_counted() -> None:
    fits, fails = advise_pool(crowd(600, busy=0)), advise_pool(crowd(5000, busy=0, clients=2))

    assert "2 processes x (35 + 1) = 72 connections" in fits.why[1]
    assert fits.why[1].endswith("maxclients 900 fits")
    assert fails.why[1].endswith("maxclients 200 does not fit: raise maxclients first")
