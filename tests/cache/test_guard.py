"""The guard before a server: budget, breaker and log, over commands that fail as told to."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from cache import CacheStats
from cache.breaker import IN_A_ROW
from cache.guard import Guard
from cache.tier import Budget, Trouble
from patience import until_in_use

QUICK = 0.05
Until = Callable[..., Awaitable[float]]


@dataclass
class Server:
    """What the commands meet: an error to raise, or a silence. Counts what it is asked."""

    error: Exception | None = None
    seconds: float = 0.0
    asked: list[str] = field(default_factory=list)

    def command(self, name: str) -> Callable[[], Awaitable[str]]:
        async def ask() -> str:
            self.asked.append(name)
            await asyncio.sleep(self.seconds)
            if self.error is not None:
                raise self.error
            return "answer"

        return ask

    def count(self, name: str) -> int:
        return self.asked.count(name)


@dataclass
class Guarded:
    server: Server
    guard: Guard
    stats: CacheStats

    async def begin(self) -> None:
        """Start, and wait until it is in use: the machine may be busy."""
        await self.guard.start()
        await until_in_use(self.guard)

    async def ask(self, seconds: float = QUICK) -> str | Trouble:
        return await self.guard.ask(self.server.command("request"), Budget(seconds))


@pytest.fixture
async def guarded() -> AsyncIterator[Guarded]:
    server, stats = Server(), CacheStats()
    guard = Guard(
        "redis://:***@h:1/0",
        stats,
        secrets=lambda: ["hunter2"],
        beat=server.command("beat"),
        reach=server.command("reach"),
        warm=server.command("warm"),
        width=4,
        quick=QUICK,
        slow=0.5,
    )
    yield Guarded(server, guard, stats)
    await guard.stop(seconds=1.0, last=lambda: asyncio.sleep(0))


async def test_before_the_start_nothing_is_asked(guarded: Guarded) -> None:
    assert await guarded.ask() is Trouble.AWAY
    assert guarded.server.asked == []


async def test_after_a_first_good_beat_it_is_in_use_with_warm_connections(guarded: Guarded) -> None:
    await guarded.begin()

    assert guarded.guard.in_use
    assert guarded.server.asked[:2] == ["reach", "beat"]
    assert guarded.server.count("warm") == 4
    assert await guarded.ask() == "answer"


async def test_failures_in_a_row_open_the_breaker_and_then_nothing_is_asked(
    guarded: Guarded,
) -> None:
    await guarded.begin()
    guarded.server.error = ConnectionRefusedError("no")

    outcomes = [await guarded.ask() for _ in range(IN_A_ROW + 20)]

    assert outcomes == [Trouble.CONNECTION] * IN_A_ROW + [Trouble.AWAY] * 20
    assert guarded.server.count("request") == IN_A_ROW


async def test_a_silent_server_costs_no_request_more_than_its_budget(guarded: Guarded) -> None:
    await guarded.begin()
    guarded.server.seconds = 60.0
    waits = []
    while guarded.guard.in_use:
        began = time.monotonic()
        await guarded.ask()
        waits.append(time.monotonic() - began)

    assert guarded.server.count("request") < 20
    assert sorted(waits)[len(waits) // 2] < QUICK + 0.025


async def test_the_beat_alone_brings_it_back(guarded: Guarded, until: Until) -> None:
    guarded.server.error = ConnectionRefusedError("no")
    await guarded.guard.start()
    assert not guarded.guard.in_use

    guarded.server.error = None

    await until(lambda: guarded.guard.in_use, 2.0)
    assert guarded.server.count("request") == 0


async def test_a_server_too_slow_for_requests_is_not_taken_back(
    guarded: Guarded, until: Until
) -> None:
    guarded.server.seconds = QUICK * 3
    await guarded.guard.start()
    await until(lambda: guarded.server.count("reach") > 1, 5.0)

    assert guarded.server.asked[:2] == ["reach", "beat"]
    assert not guarded.guard.in_use


async def test_our_own_crowd_does_not_open_the_breaker(guarded: Guarded) -> None:
    await guarded.begin()
    guarded.server.seconds = QUICK / 2

    outcomes = await asyncio.gather(*(guarded.ask() for _ in range(500)))

    assert outcomes.count(Trouble.BUSY) > 400
    assert guarded.guard.in_use


@pytest.mark.parametrize("error", [RuntimeError("x"), TypeError("x"), OSError("x"), KeyError()])
async def test_no_error_whatever_reaches_the_caller(guarded: Guarded, error: Exception) -> None:
    await guarded.begin()
    guarded.server.error = error

    assert await guarded.ask() in (Trouble.OTHER, Trouble.CONNECTION)
    assert sum(guarded.stats.snapshot()["errors"].values()) == 1


async def test_calls_of_one_request_share_its_budget(guarded: Guarded) -> None:
    await guarded.begin()
    guarded.server.seconds = QUICK / 10
    budget = Budget(QUICK)
    command = guarded.server.command("request")
    outcomes = [await guarded.guard.ask(command, budget) for _ in range(20)]

    assert outcomes[0] == "answer"
    assert outcomes[-1] is Trouble.BUSY
    assert guarded.server.count("request") <= 10


async def test_with_too_little_budget_left_nothing_is_begun(guarded: Guarded) -> None:
    await guarded.begin()

    assert await guarded.ask(QUICK / 100) is Trouble.BUSY
    assert guarded.server.count("request") == 0
    assert guarded.guard.in_use


async def test_after_the_stop_nothing_is_asked_any_more(guarded: Guarded) -> None:
    await guarded.begin()
    await guarded.guard.stop(seconds=1.0, last=lambda: asyncio.sleep(0))

    assert await guarded.ask() is Trouble.AWAY


async def test_the_log_tells_of_changes_once_and_never_the_password(
    guarded: Guarded, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "tally.cache")
    guarded.server.error = ConnectionRefusedError("no way for hunter2")
    await guarded.guard.start()
    await until(lambda: guarded.server.count("reach") > 2, 3.0)
    guarded.server.error = None
    await until(lambda: guarded.guard.in_use, 2.0)
    guarded.server.error = ConnectionRefusedError("gone with hunter2")
    for _ in range(100):
        await guarded.ask()

    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO", "WARNING"]
    assert caplog.messages[1] == "cache: redis at redis://:***@h:1/0 is in use."
    assert "it cannot be reached (ConnectionRefusedError: gone with ***)" in caplog.messages[2]
    assert all("cache" in line and "redis" in line for line in caplog.messages)
    assert "hunter2" not in caplog.text
