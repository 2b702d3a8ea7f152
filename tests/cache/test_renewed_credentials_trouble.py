"""While nobody grants an account the last one stays; that is told once, and costs little time."""

import asyncio
import logging

import pytest

from cache.redis_credentials import Account
from cache.renewed_credentials import NoAccount, RenewedCredentials
from scripted_source import Clock, ScriptedSource


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def source() -> ScriptedSource:
    return ScriptedSource()


@pytest.fixture
def credentials(source: ScriptedSource, clock: Clock) -> RenewedCredentials:
    return RenewedCredentials(source, clock=clock, patience=0.2)


async def test_trouble_keeps_the_last_account_and_is_told_once_and_when_it_is_over(
    credentials: RenewedCredentials,
    source: ScriptedSource,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "tally.cache")
    await credentials.refresh()
    source.trouble = NoAccount("the file is empty.")
    for _ in range(3):
        clock.now += 300.0
        await credentials.refresh()
    kept = credentials.account
    source.trouble = None
    await credentials.refresh()

    assert kept == Account(username="ann", password="first")
    assert caplog.messages == [
        "cache: no new credentials for redis; any known before stay: the file is empty.",
        "cache: the credentials for redis are known again",
    ]


async def test_an_error_that_is_not_a_sources_own_is_told_by_its_kind_alone(
    credentials: RenewedCredentials, source: ScriptedSource, caplog: pytest.LogCaptureFixture
) -> None:
    source.trouble = RuntimeError("s3cret")
    await credentials.refresh()

    assert "s3cret" not in caplog.text
    assert "RuntimeError" in caplog.text


async def test_in_trouble_a_source_is_asked_at_its_own_pace(clock: Clock) -> None:
    source = ScriptedSource(pace=3.0)
    source.trouble = NoAccount("not yet.")
    credentials = RenewedCredentials(source, clock=clock)
    for _ in range(7):
        await credentials.refresh()
        clock.now += 1.0

    assert source.asked == 3


async def test_a_source_that_hangs_costs_one_thread_little_time_and_no_account(
    credentials: RenewedCredentials,
    source: ScriptedSource,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await credentials.refresh()
    source.gate.clear()
    clock.now += 300.0
    async with asyncio.timeout(5.0):
        await credentials.refresh()
        told_early = list(caplog.messages)
        clock.now += 1.0
        await credentials.refresh()
    known = credentials.account
    source.password = "late"
    source.gate.set()

    assert (known.password, told_early) == ("first", [])
    assert "nothing comes in time" in caplog.text
    assert await credentials.refresh() is True
    assert credentials.account.password == "late"
    assert (source.asked, source.at_once) == (2, 1)


async def test_an_answer_slower_than_our_patience_counts_when_it_comes(
    credentials: RenewedCredentials, source: ScriptedSource
) -> None:
    """Else a source that always takes a little longer would never be heard."""
    source.gate.clear()
    first = await credentials.refresh()
    source.gate.set()

    assert first is False
    assert await credentials.refresh() is True
    assert source.asked == 1


def test_a_source_that_gives_none_at_the_start_says_why(
    credentials: RenewedCredentials, source: ScriptedSource
) -> None:
    source.trouble = NoAccount("the file is empty.")
    with pytest.raises(NoAccount, match="empty"):
        credentials.begin()
    source.gate.clear()
    with pytest.raises(TimeoutError):
        credentials.begin()
    source.gate.set()
