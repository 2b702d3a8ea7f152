"""The guide's troubles with memory and time, made with real servers: symptom, words, and cure.

The words are what its `grep -i redis` finds in the log. The first trouble, a Redis that does not
run, is in test_guide_service.py.
"""

import ast
import asyncio
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from cache import Cache
from cache.entry import prefix
from cache.redis_cache import KNOBS, Knobs
from cache.tier import Stored, Trouble
from dev_servers import RedisServer
from guide.grepping import Open, told
from guide.page import ROOT, Block, block
from live.tcp_proxy import TcpProxy
from patience import seen
from put_alone import put_alone

ONE_FLAVOUR: Final = pytest.mark.parametrize("redis_flavour", ["redis"], indirect=True)

Start = Callable[..., RedisServer]

VALUE: Final = prefix(1, "subject").encode() + b"." * 2000
FAR: Final = 0.03
"""Seconds each way to a Redis that is far away: more than the budget of 0.05, there and back."""


async def put(cache: Cache, number: int, *, seconds: float = 30.0) -> object:
    return await put_alone(cache, f"tally:job:{number}", VALUE, seconds=seconds)


async def in_use(cache: Cache) -> None:
    await seen(lambda: cache.state().enabled, seconds=15)


@ONE_FLAVOUR
class TestHighMemoryUsage:
    async def test_a_full_redis_that_lets_nothing_go_is_told_and_a_policy_cures_it(
        self, start_redis: Start, open_at: Open, log: Path
    ) -> None:
        server = start_redis(config=["maxmemory 3mb", "maxmemory-policy noeviction"])
        cache, stats = await open_at(server.url, budget_seconds=1.0)
        await in_use(cache)
        numbers = iter(range(100_000))
        async with asyncio.timeout(20):
            while cache.state().enabled:
                await put(cache, next(numbers), seconds=600.0)
        line = await told(log, "is not in use: it is out of memory")

        assert stats.snapshot()["errors"]["oom"] > 0
        assert "maxmemory-policy" in line

        policy = block("Issue: high memory usage", "maxmemory 256mb").lines[1]
        server.ask(f"CONFIG SET {policy}")
        await in_use(cache)
        stored = [await put(cache, next(numbers), seconds=600.0) for _ in range(500)]

        assert stored == [Stored()] * 500
        assert int(server.facts("INFO stats")["evicted_keys"]) > 0

    async def test_more_room_ends_the_evictions(self, start_redis: Start, open_at: Open) -> None:
        server = start_redis(config=["maxmemory 3mb", "maxmemory-policy allkeys-lru"])
        cache, _ = await open_at(server.url, budget_seconds=1.0)
        await in_use(cache)
        for number in range(1000):
            await put(cache, number, seconds=600.0)
        for line in block("Issue: high memory usage", "maxmemory 256mb").lines:
            server.ask(f"CONFIG SET {line}")
        evicted = int(server.facts("INFO stats")["evicted_keys"])
        for number in range(1000):
            await put(cache, number, seconds=600.0)

        assert evicted > 0
        assert int(server.facts("INFO stats")["evicted_keys"]) == evicted
        assert int(server.ask("DBSIZE")) >= 1000

    async def test_what_lives_shorter_is_gone_sooner(
        self, redis_server: RedisServer, open_at: Open
    ) -> None:
        change = block("Issue: high memory usage", "CACHE_TTL_SECONDS = 15  # Reduce from 30")
        knobs = edited(change)
        cache, _ = await open_at(redis_server.url, budget_seconds=1.0)
        await in_use(cache)
        await put(cache, 1, seconds=knobs["CACHE_TTL_SECONDS"])

        assert knobs["KNOBS"].ttl_seconds == 15 < KNOBS.ttl_seconds
        assert 0 < int(redis_server.ask("PTTL tally:job:1")) <= 15_000


@ONE_FLAVOUR
class TestConnectionTimeouts:
    @pytest.fixture
    def far(self, redis_server: RedisServer) -> Iterator[TcpProxy]:
        """The way to a Redis that is far away."""
        with TcpProxy("127.0.0.1", redis_server.port) as proxy:
            proxy.delay(FAR)
            yield proxy

    async def test_a_redis_that_is_far_is_told_and_a_greater_budget_cures_it(
        self, redis_server: RedisServer, far: TcpProxy, open_at: Open, log: Path
    ) -> None:
        cache, stats = await open_at(far.url(redis_server.url))
        await told(log, "is not in use: it does not answer in time")

        assert stats.snapshot()["errors"]["timeout"] > 0
        assert not cache.state().enabled

        (line,) = block(
            "Issue: connection timeouts", "CACHE_BUDGET_SECONDS=0.2  # increase from 0.05"
        ).lines
        budget = float(re.findall(r"[\d.]+", line)[0])
        cache, stats = await open_at(far.url(redis_server.url), budget_seconds=budget)
        await in_use(cache)

        assert await put(cache, 1) == Stored()
        assert await cache.get("tally:job:1", cache.budget()) == VALUE
        assert stats.snapshot()["errors"]["timeout"] == 0

    async def test_a_pool_that_is_too_small_is_busy_and_a_larger_one_is_not(
        self, redis_server: RedisServer, far: TcpProxy, open_at: Open
    ) -> None:
        """Puts, each for itself on a connection: gets of one moment share one."""
        change = block("Issue: connection timeouts", "-    max_connections=10,")
        pool = edited(change)["KNOBS"].max_connections
        crowd = KNOBS.max_connections * 11 + 5
        small, counted = await open_at(far.url(redis_server.url), budget_seconds=2.0)
        large, calm = await open_at(
            far.url(redis_server.url), budget_seconds=2.0, max_connections=pool
        )
        await in_use(small)
        await in_use(large)
        refused = await asyncio.gather(*(put(small, number) for number in range(crowd)))
        stored = await asyncio.gather(*(put(large, number + crowd) for number in range(crowd)))

        assert Trouble.BUSY in refused
        assert counted.snapshot()["errors"]["busy"] > 0
        assert stored == [Stored()] * crowd
        assert calm.snapshot()["errors"]["busy"] == 0


def test_the_guides_changes_are_of_lines_that_are_there() -> None:
    timeouts = edited(block("Issue: connection timeouts", "-    socket_connect_timeout=2,"))
    pool = edited(block("Issue: connection timeouts", "-    max_connections=10,"))

    assert timeouts["KNOBS"].socket_connect_timeout > KNOBS.socket_connect_timeout
    assert timeouts["KNOBS"].socket_timeout > KNOBS.socket_timeout
    assert pool["KNOBS"].max_connections > KNOBS.max_connections


def edited(change: Block) -> dict[str, Any]:
    """The knobs of redis_cache.py with the guide's change made in it: lines of a diff, or of code.

    Only assignments are carried out: the classes below them are no part of it.
    """
    text = (ROOT / "backend" / "cache" / "redis_cache.py").read_text()
    before = [line[1:].strip() for line in change.lines if line.startswith("-")]
    after = [line[1:].strip() for line in change.lines if line.startswith("+")]
    if change.language == "python":
        (line,) = change.lines
        after = [line.partition("  #")[0]]
        before = [it for it in text.splitlines() if it.startswith(f"{line.split()[0]} = ")]
    for old, new in zip(before, after, strict=True):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    assignments: list[ast.stmt] = [it for it in ast.parse(text).body if isinstance(it, ast.Assign)]
    names: dict[str, Any] = {"Knobs": Knobs}
    exec(compile(ast.Module(assignments, []), "redis_cache.py", "exec"), names)
    return names
