"""Redis as the cache: the knobs of its use, and a guarded server behind the face of a tier."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from cache.entry import prefix
from cache.guard import Guard
from cache.redis_driver import RedisDriver
from cache.redis_url import RedisAddress
from cache.stats import CacheStats
from cache.tier import Budget, Found, Kept, PutOutcome, Stored, TierState

CACHE_TTL_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class Knobs:
    """How Redis is used. Each is also a setting, which wins over what is written here."""

    ttl_seconds: float
    """Seconds; of a moving job's value, as shown in the state. Each put brings its own."""
    max_connections: int
    socket_connect_timeout: float
    """Seconds; for the background beat, which opens the connections. Requests have their budget."""
    socket_timeout: float
    """Seconds; the driver's own last resort."""
    budget_seconds: float
    """Seconds that all Redis work of one request may take together."""


KNOBS = Knobs(
    ttl_seconds=CACHE_TTL_SECONDS,
    max_connections=10,
    socket_connect_timeout=2,
    socket_timeout=5,
    budget_seconds=0.05,
)

CHANNEL: Final = "tally:changes"
_NOBODY: Final = ""
_BEAT_TTL_SECONDS: Final = 10.0
_STOP_SECONDS: Final = 1.0


class RedisCache:
    """A `Cache` in one Redis or Valkey server. For one event loop; away until `start`."""

    def __init__(self, address: RedisAddress, stats: CacheStats, knobs: Knobs = KNOBS) -> None:
        self._knobs = knobs
        self._driver = RedisDriver(
            address,
            max_connections=knobs.max_connections,
            socket_connect_timeout=knobs.socket_connect_timeout,
            socket_timeout=knobs.socket_timeout,
        )
        self._in_use = TierState(
            enabled=True,
            detail="redis",
            ttl_seconds=knobs.ttl_seconds,
            breaker="closed",
            server=str(address),
            limits={"budget_seconds": knobs.budget_seconds, **self._driver.limits()},
        )
        self._away = replace(self._in_use, enabled=False, detail="redis-down", breaker="open")
        self._beat_key = f"tally:beat:{os.getpid()}-{os.urandom(4).hex()}"
        self._guard = Guard(
            str(address),
            stats,
            secret=address.password,
            beat=self._beat,
            reach=self._reach,
            warm=self._driver.ping,
            width=knobs.max_connections,
            quick=knobs.budget_seconds,
            slow=knobs.socket_connect_timeout,
        )

    async def start(self) -> None:
        await self._guard.start()

    async def stop(self) -> None:
        await self._guard.stop(seconds=_STOP_SECONDS, last=self._driver.close)

    def state(self) -> TierState:
        return self._in_use if self._guard.in_use else self._away

    def budget(self) -> Budget:
        return Budget(self._knobs.budget_seconds)

    async def get(self, key: str, budget: Budget) -> Found:
        return await self._guard.ask(lambda: self._driver.get(key), budget)

    async def put(self, key: str, value: bytes, budget: Budget, *, seconds: float) -> PutOutcome:
        return await self._guard.ask(lambda: self._put(key, value, seconds, CHANNEL), budget)

    async def listen(self, deliver: Callable[[bytes], None], heard: Callable[[], None]) -> None:
        await self._guard.attend(lambda: self._driver.listen(CHANNEL, deliver, heard))

    async def _put(self, key: str, value: bytes, seconds: float, channel: str) -> Stored | Kept:
        lifetime_ms = max(1, round(seconds * 1000))
        result = await self._driver.put_if_newer(key, value, lifetime_ms, channel)
        if result == 1:
            return Stored()
        return Kept(newer=result if isinstance(result, bytes) else None)

    async def _reach(self) -> object:
        await self._driver.resolve()
        return await self._beat()

    async def _beat(self) -> object:
        """Do what requests do, script and write and all: a PING succeeds also on a full server."""
        value = prefix(time.monotonic_ns() // 1_000_000, "beat").encode()
        return await self._put(self._beat_key, value, _BEAT_TTL_SECONDS, _NOBODY)
