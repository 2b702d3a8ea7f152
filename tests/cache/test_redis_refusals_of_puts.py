"""A real Redis that answers gets, but takes no puts: it is left, and used again once it is well."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import pytest

from cache import Cache, CacheStats
from dev_servers import RedisServer

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
Start = Callable[..., RedisServer]
Until = Callable[..., Awaitable[float]]

BACK: Final = 2.0
FULL: Final = ("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0")
DEMOTED: Final = ("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE")


@pytest.mark.parametrize(("ill", "well"), [FULL, DEMOTED], ids=["full", "read-only"])
async def test_it_is_left_though_polls_go_on_reading(
    start_redis: Start, open_at: Open, until: Until, ill: str, well: str
) -> None:
    """Else what it has would be given out for its whole lifetime, however often it changed."""
    server = start_redis(config=["maxmemory-policy noeviction"])
    cache, _ = await open_at(server.url)
    server.ask(ill)
    reading = asyncio.create_task(read_on(cache))
    await until(lambda: not cache.state().enabled, 5.0)
    server.ask(well)

    await until(lambda: cache.state().enabled, BACK)
    reading.cancel()


async def read_on(cache: Cache) -> None:
    """As polls do: many between two beats."""
    while True:
        await cache.get("k", cache.budget())
        await asyncio.sleep(0.002)
