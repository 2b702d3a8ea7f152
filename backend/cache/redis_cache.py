"""Redis as the cache: EDGE, the one file that knows the Redis driver, and lives without it, too."""

import os
import time
from dataclasses import dataclass, replace
from importlib.resources import files
from inspect import signature
from typing import Any, Final, cast

from cache.entry import prefix
from cache.guard import Guard
from cache.name_lookup import NameLookup
from cache.redis_url import RedisAddress
from cache.stats import CacheStats
from cache.tier import Budget, Found, Kept, PutOutcome, Stored, TierState

try:
    from redis.asyncio import (
        Connection,
        ConnectionPool,
        Redis,
        SSLConnection,
        UnixDomainSocketConnection,
    )
    from redis.asyncio.connection import AbstractConnection
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff
    from redis.exceptions import ResponseError
except ImportError:  # uninstalling the driver is a supported way to switch the cache off
    INSTALLED = False
else:
    INSTALLED = True

CACHE_TTL_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class Knobs:
    """How Redis is used. Each is also a setting, which wins over what is written here."""

    ttl_seconds: float
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

_BEAT_TTL_MS: Final = 10_000
_STOP_SECONDS: Final = 1.0


class RedisCache:
    """A `Cache` in one Redis or Valkey server. For one event loop; away until `start`."""

    def __init__(self, address: RedisAddress, stats: CacheStats, knobs: Knobs = KNOBS) -> None:
        self._knobs = knobs
        self._pool = _pool(address, knobs)
        self._in_use = TierState(
            enabled=True,
            detail="redis",
            ttl_seconds=knobs.ttl_seconds,
            breaker="closed",
            server=str(address),
            limits={"budget_seconds": knobs.budget_seconds, **_limits(self._pool)},
        )
        self._away = replace(self._in_use, enabled=False, detail="redis-down", breaker="open")
        self._client = Redis(connection_pool=self._pool)
        script = files("cache").joinpath("put_if_newer.lua").read_text()
        self._put_if_newer = self._client.register_script(script)
        self._beat_key = f"tally:beat:{os.getpid()}-{os.urandom(4).hex()}"
        self._lookup = None if address.path else NameLookup(address.host, address.port)
        self._guard = Guard(
            str(address),
            stats,
            secret=address.password,
            beat=self._beat,
            reach=self._reach,
            warm=self._client.ping,
            width=knobs.max_connections,
            quick=knobs.budget_seconds,
            slow=knobs.socket_connect_timeout,
        )

    async def start(self) -> None:
        await self._guard.start()

    async def stop(self) -> None:
        await self._guard.stop(seconds=_STOP_SECONDS, last=self._pool.disconnect)

    def state(self) -> TierState:
        return self._in_use if self._guard.in_use else self._away

    def budget(self) -> Budget:
        return Budget(self._knobs.budget_seconds)

    async def get(self, key: str, budget: Budget) -> Found:
        return await self._guard.ask(lambda: self._get(key), budget)

    async def put(self, key: str, value: bytes, budget: Budget) -> PutOutcome:
        lifetime = round(self._knobs.ttl_seconds * 1000)
        return await self._guard.ask(lambda: self._put(key, value, lifetime), budget)

    async def _get(self, key: str) -> bytes | None:
        try:
            return cast("bytes | None", await self._client.get(key))
        except ResponseError as error:
            if str(error).startswith("WRONGTYPE"):  # somebody else's list or hash under our key
                return b""
            raise

    async def _put(self, key: str, value: bytes, lifetime_ms: int) -> Stored | Kept:
        result = await self._put_if_newer(keys=[key], args=[value, lifetime_ms])
        if result == 1:
            return Stored()
        return Kept(newer=result if isinstance(result, bytes) else None)

    async def _reach(self) -> object:
        if self._lookup is not None:
            await self._lookup.succeed()
        return await self._beat()

    async def _beat(self) -> object:
        """Do what requests do, script and write and all: a PING succeeds also on a full server."""
        value = prefix(time.monotonic_ns() // 1_000_000, "beat").encode()
        return await self._put(self._beat_key, value, _BEAT_TTL_MS)


def _pool(address: RedisAddress, knobs: Knobs) -> "ConnectionPool":
    """Connections with nothing left to the driver's defaults, which block for a minute."""
    return ConnectionPool(
        **_route(address),
        db=address.db,
        username=address.username,
        password=address.password,
        max_connections=knobs.max_connections,
        socket_connect_timeout=knobs.socket_connect_timeout,
        socket_timeout=knobs.socket_timeout,
        retry=Retry(NoBackoff(), 0),
        protocol=2,  # RESP3 would cost a HELLO and failing commands per connection
        decode_responses=False,
        **_unintroduced(),
    )


def _route(address: RedisAddress) -> dict[str, Any]:
    if address.path is not None:
        return {"connection_class": UnixDomainSocketConnection, "path": address.path}
    server = {"host": address.host, "port": address.port}
    if not address.tls:
        return {"connection_class": Connection, **server}
    return {
        "connection_class": SSLConnection,
        **server,
        "ssl_cert_reqs": address.cert_reqs,
        "ssl_ca_certs": address.ca_certs,
        "ssl_check_hostname": address.cert_reqs != "none",
    }


def _unintroduced() -> dict[str, Any]:
    """No CLIENT SETINFO: two failing commands per connection on servers before 7.2."""
    if "driver_info" in signature(AbstractConnection.__init__).parameters:
        return {"driver_info": None}
    return {"lib_name": None, "lib_version": None}


def _limits(pool: "ConnectionPool") -> dict[str, float]:
    """The limits in force, read back from a connection made as the pool makes them."""
    made = pool.connection_class(**pool.connection_kwargs)
    return {
        "max_connections": pool.max_connections,
        "socket_connect_timeout": made.socket_connect_timeout or 0.0,
        "socket_timeout": made.socket_timeout or 0.0,
        "retries": made.retry._retries,  # `get_retries()` is newer than the oldest driver we allow
    }
