"""A Redis that is well, but some milliseconds away: polls of many turns of the loop share it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from benchmarks.slow_link import SlowLink
from cache import Cache, CacheStats, Lifetimes
from cache.entry import Entry, encode, key
from cache.shared import Shared
from cache.shared_gets import Kept, SharedGets
from dev_servers import RedisServer
from example_documents import a_document
from put_alone import put_alone

AWAY: Final = 0.015
TURNS: Final = 400
"""A question in each would need far more connections than there are."""


async def test_a_poll_in_each_turn_of_the_loop_finds_no_connection_busy(
    redis_server: RedisServer,
    open_at: Callable[..., Awaitable[tuple[Cache, CacheStats]]],
    until: Callable[..., Awaitable[float]],
) -> None:
    with SlowLink(redis_server.port) as link:
        cache, stats = await open_at(link.url(redis_server.url))
        documents = [a_document() for _ in range(20)]
        for it in documents:
            await put_alone(cache, key(it.id), encode(it, time.time()))
        gets = SharedGets(Shared(cache, Lifetimes(), CacheStats()), lambda job_id: 0)
        told: list[Kept] = []
        link.delay = AWAY
        for turn in range(TURNS):
            assert gets.ask(documents[turn % 20].id, lambda kept: kept, told.append)
            await asyncio.sleep(0.001)
        await until(lambda: len(told) == TURNS, 5.0)
        link.delay = 0.0

    assert stats.snapshot()["errors"]["busy"] == 0
    assert all(isinstance(kept, Entry) for kept in told)
