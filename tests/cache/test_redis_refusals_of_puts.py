"""A real Redis that answers gets, but takes no puts: it is left, and used again once it is well."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import pytest

from cache import Cache, CacheStats
from cache.entry import prefix
from cache.tier import Trouble
from dev_servers import RedisServer
from put_alone import put_alone

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
Start = Callable[..., RedisServer]
Until = Callable[..., Awaitable[float]]

BACK: Final = 2.0
VALUE: Final = prefix(1, "subject").encode()
FULL: Final = ("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0", Trouble.OOM)
DEMOTED: Final = ("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE", Trouble.READONLY)


@pytest.mark.parametrize("polls", [False, True], ids=["idle", "polled"])
@pytest.mark.parametrize(("ill", "well", "trouble"), [FULL, DEMOTED], ids=["full", "read-only"])
async def test_it_is_not_used_until_it_takes_puts_though_polls_go_on_reading(
    start_redis: Start,
    open_at: Open,
    until: Until,
    ill: str,
    well: str,
    trouble: Trouble,
    polls: bool,
) -> None:
    """Else what it has would be given out for its whole lifetime, however often it changed."""
    server = start_redis(config=["maxmemory-policy noeviction"])
    cache, stats = await open_at(server.url)
    server.ask(ill)
    outcome = await put_alone(cache, "k", VALUE)
    async with read_on(cache, polls):
        await until(lambda: not cache.state().enabled, 5.0)
        server.ask(well)
        await until(lambda: cache.state().enabled, BACK)

    assert outcome is trouble
    assert {name for name, count in stats.snapshot()["errors"].items() if count} == {trouble}


@asynccontextmanager
async def read_on(cache: Cache, polls: bool) -> AsyncIterator[None]:
    """Meanwhile it is read as by polls: many between two beats."""

    async def read() -> None:
        while polls:
            await cache.get("k", cache.budget())
            await asyncio.sleep(0.002)

    reading = asyncio.create_task(read())
    yield
    reading.cancel()
