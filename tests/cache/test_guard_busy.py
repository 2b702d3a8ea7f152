"""The guard in a process whose own loop is late all the time: the beat still tells the truth."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from cache import CacheStats
from cache.guard import Guard
from example_guard import a_guard

LAG = 0.08
"""Seconds: the budget, and more than what is forgiven a loop after it."""


@dataclass
class Server:
    """Answers at once until it is silent."""

    silent: bool = False
    asked: int = 0

    async def answer(self) -> str:
        self.asked += 1
        await asyncio.sleep(60.0 if self.silent else 0.001)
        return "answer"


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def stats() -> CacheStats:
    return CacheStats()


@pytest.fixture
async def guard(server: Server, stats: CacheStats) -> AsyncIterator[Guard]:
    ask = server.answer
    guard = a_guard(stats, beat=ask, reach=ask, warm=ask)
    await guard.start()
    yield guard
    await guard.stop(seconds=1.0, last=lambda: asyncio.sleep(0))


async def overload(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15.0
    while not until():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(LAG)  # noqa: ASYNC251 - a busy loop is what is tested
        await asyncio.sleep(0)


async def test_an_overloaded_process_notices_a_silent_server_all_the_same(
    guard: Guard, server: Server
) -> None:
    await overload(until=lambda: guard.in_use)
    server.silent = True

    await overload(until=lambda: not guard.in_use)


async def test_an_overloaded_process_keeps_a_server_that_answers(
    guard: Guard, server: Server, stats: CacheStats
) -> None:
    await overload(until=lambda: guard.in_use)
    before = server.asked
    await overload(until=lambda: server.asked >= before + 2)

    assert guard.in_use
    assert stats.snapshot()["errors"]["timeout"] == 0
