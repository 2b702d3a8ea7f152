"""Opens the room: the right cache for an address, and a store with a memory of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from cache.cached_jobs import CachedJobs
from cache.memory import Memory
from cache.no_cache import NoCache
from cache.redis_account import open_credentials
from cache.redis_cache import KNOBS, RedisCache
from cache.redis_credentials import Credentials
from cache.redis_driver import INSTALLED
from cache.redis_target import RedisTarget
from cache.stats import CacheStats
from cache.tier import Cache
from jobs import JobStore


def open_cache(
    address: RedisTarget | None,
    stats: CacheStats,
    *,
    credentials: Credentials | None = None,
    ttl_seconds: float | None = None,
    max_connections: int | None = None,
    socket_connect_timeout: float | None = None,
    socket_timeout: float | None = None,
    budget_seconds: float | None = None,
) -> Cache:
    """The cache at an address, not started; one that is always away if there is none or no driver.

    None for a knob means what `redis_cache.py` says; a limit in the address wins over both. No
    credentials means those of the address. The numbers of `stats` tell of this cache. Raises
    BadRedisUrl for half an account.
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
        named = {**given, **address.limits()}
        knobs = {name: value for name, value in named.items() if value is not None}
        credentials = credentials or open_credentials(address)
        redis = RedisCache(address, credentials, stats, replace(KNOBS, **knobs))
        stats.watch_facts(redis.facts.known, redis.facts.refresh)
        cache = redis
    stats.watch(cache.state)
    return cache


@asynccontextmanager
async def remembering(
    store: JobStore, address: RedisTarget | None, stats: CacheStats | None = None
) -> AsyncIterator[CachedJobs]:
    """The store with a memory at that address, without a near tier; ended with the block."""
    stats = stats or CacheStats()
    memory = Memory(store, open_cache(address, stats), stats)
    await memory.start()
    try:
        yield memory.store
    finally:
        await memory.stop()
