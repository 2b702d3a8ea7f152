"""Opens the room: the right cache for an address, and a store with a memory of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from cache.cached_jobs import CachedJobs
from cache.no_cache import NoCache
from cache.redis_cache import INSTALLED, KNOBS, RedisCache
from cache.redis_url import RedisAddress
from cache.stats import CacheStats
from cache.tier import Cache
from jobs import JobStore


def open_cache(
    address: RedisAddress | None,
    stats: CacheStats,
    *,
    ttl_seconds: float | None = None,
    max_connections: int | None = None,
    socket_connect_timeout: float | None = None,
    socket_timeout: float | None = None,
    budget_seconds: float | None = None,
) -> Cache:
    """The cache at an address, not started; one that is always away if there is none or no driver.

    None for a knob means what `redis_cache.py` says. The numbers of `stats` tell of this cache.
    """
    given: dict[str, Any] = {
        "ttl_seconds": ttl_seconds,
        "max_connections": max_connections,
        "socket_connect_timeout": socket_connect_timeout,
        "socket_timeout": socket_timeout,
        "budget_seconds": budget_seconds,
    }
    cache: Cache
    if address is None:
        cache = NoCache("redis-off", "redis is switched off.")
    elif not INSTALLED:
        cache = NoCache("redis-missing", "the redis package is not installed.")
    else:
        knobs = {name: value for name, value in given.items() if value is not None}
        cache = RedisCache(address, stats, replace(KNOBS, **knobs))
    stats.watch(cache.state)
    return cache


@asynccontextmanager
async def remembering(
    store: JobStore, address: RedisAddress | None, stats: CacheStats | None = None
) -> AsyncIterator[CachedJobs]:
    """The store with a memory at that address, started; ended with the block."""
    stats = stats or CacheStats()
    cache = open_cache(address, stats)
    await cache.start()
    try:
        yield CachedJobs(store, cache, stats)
    finally:
        await cache.stop()
