"""The Redis driver: EDGE, the one file that imports it, and that still imports where it is missing.

Raw commands to one server, each raising whatever the driver raises; nothing is judged here.
"""

import asyncio
from collections.abc import Callable
from importlib.resources import files
from inspect import signature
from typing import Any, Final, cast

from cache.name_lookup import NameLookup
from cache.redis_url import RedisAddress

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
    from redis.exceptions import NoScriptError, ResponseError
except ImportError:  # uninstalling the driver is a supported way to switch the cache off
    INSTALLED = False
else:
    INSTALLED = True

_SILENCE_SECONDS: Final = 2.0
"""A listening connection that was silent for so long is lost."""
_CHANCES: Final = 3
"""The parts of a silence, each but the last ended by a PING; counted, not timed: a loop that was
late itself must read first what lies there."""


class RedisDriver:
    """One server, spoken to over at most `max_connections`, and one more for each who listens.

    Connects when first asked. A command that is cancelled closes its connection: its late answer
    reaches nobody. Raises what the driver raises, which is not only its own errors.
    """

    def __init__(
        self,
        address: RedisAddress,
        *,
        max_connections: int,
        socket_connect_timeout: float,
        socket_timeout: float,
    ) -> None:
        made = {
            **_route(address),
            **_manners(),
            "db": address.db,
            "username": address.username,
            "password": address.password,
            "socket_connect_timeout": socket_connect_timeout,
        }
        self._pool = ConnectionPool(
            max_connections=max_connections, socket_timeout=socket_timeout, **made
        )
        self._ear: dict[str, Any] = {
            **self._pool.connection_kwargs,
            "socket_timeout": _SILENCE_SECONDS,
        }
        self._client = Redis(connection_pool=self._pool)
        self._script = files("cache").joinpath("put_if_newer.lua").read_text()
        self._sha = self._client.register_script(self._script).sha
        self._lookup = None if address.path else NameLookup(address.host, address.port)

    def limits(self) -> dict[str, float]:
        """The limits in force, read back from connections made as they are made for use."""
        one = self._pool.connection_class(**self._pool.connection_kwargs)
        ear = self._pool.connection_class(**self._ear)
        return {
            "max_connections": self._pool.max_connections,
            "socket_connect_timeout": one.socket_connect_timeout or 0.0,
            "socket_timeout": one.socket_timeout or 0.0,
            "listening_timeout": ear.socket_timeout or 0.0,
            "retries": max(_retries(one), _retries(ear)),
        }

    async def resolve(self) -> None:
        """Return once the host's name is known; raise OSError where there is none."""
        if self._lookup is not None:
            await self._lookup.succeed()

    async def ping(self) -> None:
        await self._client.ping()

    async def get(self, key: str) -> bytes | None:
        """The value; empty bytes for somebody else's list or hash under our key."""
        try:
            return cast("bytes | None", await self._client.get(key))
        except ResponseError as error:
            if str(error).startswith("WRONGTYPE"):
                return b""
            raise

    async def put_if_newer(
        self, key: str, value: bytes, lifetime_ms: int, channel: str
    ) -> int | bytes:
        """What put_if_newer.lua says. Told in full only to a server that does not know it."""
        words = (1, key, value, lifetime_ms, channel)
        try:
            return cast("int | bytes", await self._client.evalsha(self._sha, *words))
        except NoScriptError:
            return cast("int | bytes", await self._client.eval(self._script, *words))

    async def listen(
        self, channel: str, deliver: Callable[[bytes], None], heard: Callable[[], None]
    ) -> None:
        """Deliver what is published, over a connection of its own, and raise once that is lost.

        `heard` is called for every sign of life, the first of which confirms the subscription.
        """
        connection = self._pool.connection_class(**self._ear)
        try:
            async with asyncio.timeout(connection.socket_connect_timeout):
                await self.resolve()
                await connection.send_command("SUBSCRIBE", channel)  # connects, too
            await _follow(connection, deliver, heard)
        finally:
            await connection.disconnect(nowait=True)

    async def close(self) -> None:
        """Close the connections that commands use."""
        await self._pool.disconnect()


async def _follow(
    connection: "AbstractConnection", deliver: Callable[[bytes], None], heard: Callable[[], None]
) -> None:
    """Read what comes; ask for a sign of life where nothing does. Raises TimeoutError on silence.

    Nothing else sends on this connection meanwhile: the driver would open it anew, unsubscribed.
    """
    patience = (connection.socket_timeout or _SILENCE_SECONDS) / _CHANCES
    silent = 0
    while True:
        answer = await connection.read_response(timeout=patience, disconnect_on_error=False)
        if answer is not None:
            silent = 0
            heard()
        elif (silent := silent + 1) == _CHANCES:
            raise TimeoutError("nothing heard, not even an answer to PING")
        else:
            await connection.send_command("PING")
        if isinstance(answer, list) and answer[0] == b"message":
            deliver(answer[2])


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


def _manners() -> dict[str, Any]:
    """Nothing left to the driver's defaults, which block for a minute."""
    return {
        "retry": Retry(NoBackoff(), 0),
        "protocol": 2,  # RESP3 would cost a HELLO and failing commands per connection
        "decode_responses": False,
        **_unintroduced(),
    }


def _unintroduced() -> dict[str, Any]:
    """No CLIENT SETINFO: two failing commands per connection on servers before 7.2."""
    if "driver_info" in signature(AbstractConnection.__init__).parameters:
        return {"driver_info": None}
    return {"lib_name": None, "lib_version": None}


def _retries(connection: "AbstractConnection") -> int:
    """`get_retries()` is newer than the oldest driver we allow."""
    return connection.retry._retries
