"""The guard asks about several things at once: an error among the answers is that one's alone."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from cache import CacheStats
from cache.breaker import CALLS, IN_A_ROW
from cache.guard import Guard
from cache.tier import Budget, Trouble
from example_guard import a_guard
from patience import until_in_use


class ResponseError(Exception):
    """By this name the driver tells what a server refused."""


OOM, MISCONF = ResponseError("OOM no memory"), ResponseError("MISCONF no disk")


@pytest.fixture
def stats() -> CacheStats:
    return CacheStats()


@pytest.fixture
async def guard(stats: CacheStats) -> AsyncIterator[Guard]:
    guard = a_guard(stats)
    await guard.start()
    await until_in_use(guard)
    yield guard
    await guard.stop(seconds=1.0, last=lambda: asyncio.sleep(0))


async def ask(guard: Guard, *answers: str | Exception) -> Sequence[str | Trouble] | Trouble:
    async def command() -> Sequence[str | Exception]:
        return answers

    return await guard.ask_each(command, Budget(1.0), "redis_put")


async def test_each_error_is_the_trouble_of_one_and_counted(
    guard: Guard, stats: CacheStats
) -> None:
    told = await ask(guard, "a", OOM, MISCONF, "b")
    counted = stats.snapshot()

    assert told == ["a", Trouble.OOM, Trouble.MISCONF, "b"]
    assert (counted["errors"]["oom"], counted["errors"]["misconf"]) == (1, 1)
    assert counted["latency"]["redis_put"]["count"] == 1


async def test_where_some_went_well_the_server_is_not_left(guard: Guard) -> None:
    for _ in range(2 * CALLS):
        await ask(guard, "a", OOM, OOM)

    assert guard.in_use


async def test_where_nothing_went_well_it_is_one_failure_and_each_kind_counts(
    guard: Guard, stats: CacheStats, caplog: pytest.LogCaptureFixture
) -> None:
    told = [await ask(guard, MISCONF, OOM, OOM) for _ in range(IN_A_ROW - 1)]
    in_use = guard.in_use
    told.append(await ask(guard, MISCONF, OOM, OOM))
    counted = stats.snapshot()["errors"]

    assert told == [[Trouble.MISCONF, Trouble.OOM, Trouble.OOM]] * IN_A_ROW
    assert (counted["oom"], counted["misconf"]) == (IN_A_ROW, IN_A_ROW)
    assert (in_use, guard.in_use) == (True, False)
    assert "memory" in caplog.text, "the commonest of them is the reason"
    assert await ask(guard, "a") is Trouble.AWAY


async def test_nothing_asked_is_nothing_told(guard: Guard) -> None:
    assert await ask(guard) == []
