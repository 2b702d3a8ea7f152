"""The Redis driver: EDGE, the one file that imports it, and that still imports where it is missing.

Connections to one server, and words sent over them, each raising whatever the driver raises;
nothing is judged here.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import signature
from typing import Any

from cache.name_lookup import NameLookup
from cache.redis_credentials import Credentials
from cache.redis_ear import SILENCE_SECONDS, follow
from cache.redis_target import RedisAddress
from cache.tls_context import TlsContext

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
    from redis.exceptions import AuthenticationError
except ImportError:  # uninstalling the driver is a supported way to switch the cache off
    INSTALLED = False
else:
    INSTALLED = True

    class _TlsConnection(SSLConnection):
        """With a context made beforehand: the driver would make one for each, in the event loop."""

        def __init__(self, *, tls: TlsContext, **named: Any) -> None:
            super().__init__(**named)
            self._tls = tls

        def _connection_arguments(self) -> Mapping[str, Any]:
            self.ssl_context.context = self._tls.latest
            return super()._connection_arguments()


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of the connections to one server. Seconds."""

    max_connections: int
    socket_connect_timeout: float
    socket_timeout: float


class RedisDriver:
    """One server, spoken to over at most so many connections, and one more for each who listens.

    Connects when first asked, as whoever the credentials then say. `replica`: of a cluster, which
    answers for its primary only to those who say that they know. A command that is cancelled closes
    its connection: its late answer reaches nobody. Raises what the driver raises, which is not only
    its own errors.
    """

    def __init__(
        self,
        address: RedisAddress,
        credentials: Credentials,
        limits: Limits,
        *,
        replica: bool = False,
    ) -> None:
        self._tls = TlsContext(address) if address.tls else None
        made = {
            **_route(address, self._tls),
            **_manners(),
            "db": address.db,
            "credential_provider": _Introduction(credentials),
            "socket_connect_timeout": limits.socket_connect_timeout,
            **({"redis_connect_func": _as_reader} if replica else {}),
        }
        self._pool = ConnectionPool(
            max_connections=limits.max_connections, socket_timeout=limits.socket_timeout, **made
        )
        self._ear: dict[str, Any] = {
            **self._pool.connection_kwargs,
            "socket_timeout": SILENCE_SECONDS,
        }
        self._client = Redis(connection_pool=self._pool)
        self._send: Callable[..., Awaitable[Any]] = self._client.execute_command
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
        """Return once the host's name is known, and what TLS needs; raise OSError for neither."""
        if self._tls is not None:
            await self._tls.refresh()
        if self._lookup is not None:
            await self._lookup.succeed()

    async def ask(self, *words: Any, asking: bool = False) -> Any:
        """The answer to one command. `asking`: also if its slot is only being taken over there."""
        if not asking:
            return await self._send(*words)
        answer = (await self.ask_all([("ASKING",), words]))[-1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ask_all(self, commands: Sequence[Sequence[Any]]) -> Sequence[Any]:
        """Commands sent at once over one connection; their answers in turn, errors as values."""
        together = self._client.pipeline(transaction=False)
        for words in commands:
            together.execute_command(*words)
        return await together.execute(raise_on_error=False)

    async def listen(
        self, channel: str, deliver: Callable[[bytes], None], heard: Callable[[], None]
    ) -> None:
        """Deliver what is published, over a connection of its own, and raise once that is lost.
        `heard` is called for every sign of life, the first of which confirms the subscription."""
        connection = self._pool.connection_class(**self._ear)
        try:
            async with asyncio.timeout(connection.socket_connect_timeout):
                await self.resolve()
                await connection.send_command("SUBSCRIBE", channel)  # connects, too
            await follow(connection, deliver, heard)
        finally:
            await connection.disconnect(nowait=True)

    async def close(self) -> None:
        """Close the connections that commands use."""
        await self._pool.disconnect()


class _Introduction:
    """Says who we are, whenever a connection is opened; by either name of the driver's versions."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def get_credentials(self) -> tuple[str, ...]:
        if self._credentials.connection_seconds == 0.0:  # never as nobody
            raise AuthenticationError("there are no credentials to show now")
        account = self._credentials.account
        if account.password is None:
            return ()
        return (account.username, account.password) if account.username else (account.password,)

    async def get_credentials_async(self) -> tuple[str, ...]:
        return self.get_credentials()


async def _as_reader(connection: "AbstractConnection") -> None:
    await connection.on_connect()
    await connection.send_command("READONLY")
    await connection.read_response()


def _route(address: RedisAddress, tls: TlsContext | None) -> dict[str, Any]:
    if address.path is not None:
        return {"connection_class": UnixDomainSocketConnection, "path": address.path}
    server = {"host": address.host, "port": address.port}
    if tls is None:
        return {"connection_class": Connection, **server}
    return {"connection_class": _TlsConnection, **server, "tls": tls}


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
