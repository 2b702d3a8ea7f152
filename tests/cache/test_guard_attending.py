"""The guard and a call without a deadline: counted, and never held against the server."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from cache import CacheStats
from cache.breaker import IN_A_ROW
from cache.guard import Guard
from example_guard import a_guard
from patience import until_in_use

Until = Callable[..., Awaitable[float]]


@dataclass
class Server:
    """Well or not, and how often it was listened to."""

    well: bool = True
    attended: int = 0

    async def answer(self) -> str:
        if not self.well:
            raise ConnectionRefusedError("no")
        return "answer"

    async def lose(self) -> None:
        self.attended += 1
        raise ConnectionResetError("gone")


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def stats() -> CacheStats:
    return CacheStats()


@pytest.fixture
async def guard(server: Server, stats: CacheStats) -> AsyncIterator[Guard]:
    ask = server.answer
    guard = a_guard(stats, beat=ask, reach=ask, warm=ask, quick=1.0, slow=1.0)
    yield guard
    await guard.stop(seconds=1.0, last=lambda: asyncio.sleep(0))


async def test_it_is_not_begun_before_the_server_is_proven_well(
    guard: Guard, server: Server, stats: CacheStats
) -> None:
    server.well = False
    await guard.start()
    before = stats.snapshot()["errors"]
    await guard.attend(server.lose)

    assert server.attended == 0
    assert stats.snapshot()["errors"] == before


async def test_it_is_given_up_when_the_breaker_opens(
    guard: Guard, server: Server, until: Until
) -> None:
    await guard.start()
    await until_in_use(guard)
    attended = asyncio.create_task(guard.attend(lambda: asyncio.sleep(60.0)))
    await asyncio.sleep(0)
    server.well = False
    await until(attended.done, 10.0)

    assert not guard.in_use


async def test_its_failures_are_counted_but_neither_open_the_breaker_nor_reach_the_log(
    guard: Guard,
    server: Server,
    stats: CacheStats,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await guard.start()
    await until_in_use(guard)
    caplog.clear()
    caplog.set_level(logging.DEBUG, "tally.cache")
    for _ in range(10 * IN_A_ROW):
        await guard.attend(server.lose)

    assert server.attended == stats.snapshot()["errors"]["connection"] == 10 * IN_A_ROW
    assert guard.in_use
    assert caplog.messages == []
