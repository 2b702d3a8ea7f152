"""Credentials are renewed when they are due, once at a time, and say what their use is good for."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.redis_credentials import Account
from cache.renewed_credentials import (
    Grant,
    RenewedCredentials,
    connection_seconds,
    is_due,
)
from scripted_source import Clock, ScriptedSource

TIMES = st.floats(0.0, 4e9)
NOBODY = Account()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def source() -> ScriptedSource:
    return ScriptedSource()


@pytest.fixture
def credentials(source: ScriptedSource, clock: Clock) -> RenewedCredentials:
    return RenewedCredentials(source, clock=clock, patience=0.2)


async def test_before_the_first_answer_nobody_is_known_and_no_connection_is_worth_keeping(
    credentials: RenewedCredentials,
) -> None:
    assert credentials.account == NOBODY
    assert credentials.connection_seconds == 0.0
    assert credentials.secrets == ()


async def test_a_source_is_asked_when_its_grant_is_due_and_not_before(
    credentials: RenewedCredentials, source: ScriptedSource, clock: Clock
) -> None:
    first = await credentials.refresh()
    source.password = "second"
    clock.now += 299.0
    early = await credentials.refresh()
    asked_early = source.asked
    clock.now += 1.0
    late = await credentials.refresh()

    assert (first, early, late) == (True, False, True)
    assert (asked_early, source.asked) == (1, 2)
    assert credentials.account == Account(username="ann", password="second")


async def test_the_same_account_again_is_no_change(
    credentials: RenewedCredentials, clock: Clock
) -> None:
    await credentials.refresh()
    clock.now += 300.0

    assert await credentials.refresh() is False


async def test_secrets_that_connections_may_have_been_made_with_stay_hidden(
    credentials: RenewedCredentials, source: ScriptedSource, clock: Clock
) -> None:
    for password in "abcdef":
        source.password = password
        await credentials.refresh()
        clock.now += 300.0

    assert credentials.secrets == ("c", "d", "e", "f")


async def test_concurrent_refreshes_ask_once_and_all_learn_of_the_change(
    credentials: RenewedCredentials, source: ScriptedSource
) -> None:
    source.gate.clear()
    waiting = [asyncio.create_task(credentials.refresh()) for _ in range(10)]
    await asyncio.sleep(0)
    source.gate.set()

    assert await asyncio.gather(*waiting) == [True] * 10
    assert (source.asked, source.at_once) == (1, 1)


async def test_a_refresh_may_be_cancelled(
    credentials: RenewedCredentials, source: ScriptedSource
) -> None:
    source.gate.clear()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(credentials.refresh(), 0.01)
    source.gate.set()

    assert await credentials.refresh() is True


def test_the_first_account_can_be_had_before_any_event_loop_runs(
    credentials: RenewedCredentials, source: ScriptedSource
) -> None:
    credentials.begin()

    assert credentials.account.password == "first"


async def test_connections_are_good_for_what_is_left_of_the_token(
    credentials: RenewedCredentials, source: ScriptedSource, clock: Clock
) -> None:
    source.connections_end_at = clock.now + 3600.0
    await credentials.refresh()
    at_first = credentials.connection_seconds
    clock.now += 600.0

    assert (at_first, credentials.connection_seconds) == (3600.0, 3000.0)


def a_grant(**more: float) -> Grant:
    return Grant(account=NOBODY, **{"renew_at": 0.0, **more})


@given(TIMES, TIMES, st.floats(0.0, 4e9))
def test_no_connection_is_used_beyond_either_end(now: float, end: float, longest: float) -> None:
    seconds = connection_seconds(now, a_grant(connections_end_at=end, connection_seconds=longest))

    assert seconds is not None
    assert 0.0 <= seconds <= longest
    assert seconds == 0.0 or now + seconds <= end + 1e-3
    assert connection_seconds(now, a_grant()) is None


@given(TIMES, TIMES, st.floats(0.0, 60.0), st.floats(0.0, 1e6))
def test_a_source_is_never_asked_twice_within_its_pace_nor_while_its_grant_is_good(
    now: float, asked_at: float, pace: float, lasts: float
) -> None:
    grant = a_grant(renew_at=asked_at + lasts)
    due = is_due(now, asked_at, pace, grant)

    assert not (due and 0 <= now - asked_at < pace)
    assert not (due and asked_at <= now < asked_at + lasts)
    assert due or now >= asked_at
    assert due or now - asked_at < max(pace, lasts) + 1e-3
    assert is_due(now, float("-inf"), pace, None)
