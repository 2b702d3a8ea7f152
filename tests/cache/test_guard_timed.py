"""The guard's own numbers: what calls took, how many are under way, how many wait."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from cache import CacheStats
from cache.guard import Guard
from cache.tier import Budget, Trouble
from example_guard import a_guard, answer
from patience import until_in_use

WIDTH = 2


async def endless() -> str:
    await asyncio.Event().wait()
    return "never"


@pytest.fixture
def stats() -> CacheStats:
    return CacheStats()


@pytest.fixture
async def guard(stats: CacheStats) -> AsyncIterator[Guard]:
    guard = a_guard(stats, width=WIDTH)
    await guard.start()
    await until_in_use(guard)
    yield guard
    await guard.stop(seconds=1.0, last=lambda: asyncio.sleep(0))


def timed(stats: CacheStats) -> dict[str, int]:
    return {name: told["count"] for name, told in stats.snapshot()["latency"].items()}


async def test_each_call_is_timed_by_what_it_does(guard: Guard, stats: CacheStats) -> None:
    await guard.ask(answer, Budget(1.0), "redis_get")
    await guard.ask(answer, Budget(1.0), "redis_put")
    await guard.ask(answer, Budget(1.0), "redis_put")
    await guard.ask(answer, Budget(1.0))

    assert timed(stats) == {"poll": 0, "redis_get": 1, "redis_put": 2}


async def test_a_call_that_failed_took_its_time_too(guard: Guard, stats: CacheStats) -> None:
    outcome = await guard.ask(endless, Budget(0.05), "redis_get")
    took = stats.histograms()["redis_get"]

    assert outcome is Trouble.TIMEOUT
    assert took["buckets"]["0.025"] == 0
    assert took["sum"] > 0.04


async def test_a_call_that_was_not_begun_took_none(guard: Guard, stats: CacheStats) -> None:
    first = [asyncio.create_task(guard.ask(endless, Budget(0.5))) for _ in range(WIDTH)]
    await asyncio.sleep(0)
    refused = await guard.ask(answer, Budget(0.02), "redis_get")
    for task in first:
        task.cancel()

    assert refused is Trouble.BUSY
    assert timed(stats)["redis_get"] == 0


async def test_calls_under_way_and_those_that_wait_are_known(guard: Guard) -> None:
    tasks = [asyncio.create_task(guard.ask(endless, Budget(0.1))) for _ in range(WIDTH + 3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    during = guard.places_taken, guard.waiting
    await asyncio.wait(tasks)
    await guard.stop(seconds=1.0, last=lambda: asyncio.sleep(0))

    assert during == (WIDTH, 3)
    assert (guard.places_taken, guard.waiting) == (0, 0)
