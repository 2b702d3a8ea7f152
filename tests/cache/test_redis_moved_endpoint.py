"""A name that leads to another server from one moment on, as providers' endpoints do in a failover.

The old server lives on as a replica, and so do the connections to it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest

from cache import Cache, CacheStats
from cache.entry import prefix
from cache.tier import Stored
from dev_servers import RedisServer
from put_alone import put_alone

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
Start = Callable[..., RedisServer]
Until = Callable[..., Awaitable[float]]


class Endpoint:
    """New connections lead to `behind`; those there are stay where they are."""

    def __init__(self, behind: RedisServer) -> None:
        self.behind = behind

    async def serve(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, forth = await asyncio.open_connection("127.0.0.1", self.behind.port)
        await asyncio.gather(_carry(near, forth), _carry(far, back))


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
    target.close()


@pytest.fixture
async def endpoint(start_redis: Start) -> AsyncIterator[tuple[Endpoint, str]]:
    endpoint = Endpoint(start_redis())
    server = await asyncio.start_server(endpoint.serve, "127.0.0.1", 0)
    yield endpoint, f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
    server.close()


async def test_after_the_endpoint_has_moved_the_new_server_is_used_though_the_old_one_lives(
    endpoint: tuple[Endpoint, str], start_redis: Start, open_at: Open, until: Until
) -> None:
    name, url = endpoint
    cache, _ = await open_at(url)
    old, new = name.behind, start_redis()
    name.behind = new
    old.ask(f"REPLICAOF 127.0.0.1 {new.port}")
    await until(lambda: not cache.state().enabled, 10.0)
    await until(lambda: cache.state().enabled, 10.0)

    value = prefix(1, "subject").encode()
    assert await put_alone(cache, "k", value) == Stored()
    assert new.ask("GET k") == value.decode()
