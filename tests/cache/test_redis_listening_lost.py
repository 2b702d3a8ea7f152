"""Listening to a real Redis that dies, freezes or gives up on us: it ends, and harms nobody."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

import pytest

from cache import Cache, CacheStats
from cache.entry import prefix
from dev_servers import RedisServer
from listening_ear import Ear
from put_alone import put_alone

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
Start = Callable[..., RedisServer]
Until = Callable[..., Awaitable[float]]

VALUE: Final = prefix(1, "subject").encode()
SLACK: Final = 1.0
"""Seconds granted to a machine that is busy with other things."""


@pytest.fixture
async def here(redis_server: RedisServer, open_at: Open) -> Cache:
    cache, _ = await open_at(redis_server.url)
    return cache


async def test_a_kill_ends_it_and_a_new_one_hears_the_server_that_is_back(
    redis_server: RedisServer, open_at: Open, until: Until
) -> None:
    here, stats = await open_at(redis_server.url)
    ear = await Ear.at(here)
    redis_server.kill()
    await until(lambda: ear.ended, 1.0)
    redis_server.start()
    await until(lambda: here.state().enabled, 5.0)
    again = await Ear.at(here)
    await put_alone(here, "k", VALUE)

    await until(lambda: again.values == [VALUE], 5.0)
    assert stats.snapshot()["errors"]["connection"] >= 1
    assert ear.values == []


async def test_a_frozen_server_ends_it_within_two_seconds(
    redis_server: RedisServer, here: Cache, until: Until
) -> None:
    ear = await Ear.at(here)
    redis_server.freeze()

    took = await until(lambda: ear.ended, 2.0 + SLACK)
    assert took > 1.0


async def test_who_is_cancelled_does_not_wait_for_a_frozen_server_and_is_gone(
    redis_server: RedisServer, here: Cache, until: Until
) -> None:
    ear = await Ear.at(here)
    redis_server.freeze()
    began = time.monotonic()
    ear.task.cancel()
    await asyncio.wait({ear.task})
    took = time.monotonic() - began
    redis_server.thaw()

    await until(lambda: redis_server.ask("CLIENT LIST TYPE pubsub") == "", 5.0)
    assert took < 0.8
    assert ear.task.cancelled()


async def test_who_cannot_follow_a_flood_is_lost_and_told_so(
    start_redis: Start, open_at: Open, until: Until
) -> None:
    server = start_redis(config=["client-output-buffer-limit pubsub 100kb 100kb 1"])
    here, stats = await open_at(server.url)
    ear = await Ear.at(here)
    line = "redis.call('publish', 'tally:changes', string.rep('x', 1000))"
    server.ask(f'EVAL "for n = 1, 1000 do {line} end return 1" 0')

    await until(lambda: ear.ended, 5.0)
    assert len(ear.values) < 1000
    assert stats.snapshot()["errors"]["connection"] == 1
    assert here.state().enabled


async def test_it_does_not_begin_while_the_server_is_away(
    redis_server: RedisServer, open_at: Open
) -> None:
    redis_server.kill()
    here, stats = await open_at(redis_server.url, in_use=False)
    before = stats.snapshot()["errors"]
    ear = Ear(here)
    await asyncio.wait_for(ear.task, 0.2)

    assert ear.signs == []
    assert stats.snapshot()["errors"] == before


async def test_a_stop_of_the_cache_ends_it(here: Cache, until: Until) -> None:
    ear = await Ear.at(here)
    await here.stop()

    await until(lambda: ear.ended, 1.0)
