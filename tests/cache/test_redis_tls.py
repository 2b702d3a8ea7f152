"""TLS to Redis: verified unless the URL says otherwise. A terminator stands before the server."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest
import trustme

from cache import Cache, CacheStats
from cache.entry import prefix
from cache.tier import Stored
from dev_servers import RedisServer

VALUE: Final = prefix(1, "subject").encode()
Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
Until = Callable[..., Awaitable[float]]


@pytest.fixture
async def tls_port(redis_server: RedisServer, tmp_path: Path) -> AsyncIterator[int]:
    """A port that speaks TLS as `localhost`, signed by `tmp_path/ca.pem`."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)

    async def serve(near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, forth = await asyncio.open_connection("127.0.0.1", redis_server.port)
        await asyncio.gather(pipe(near, forth), pipe(far, back))

    server = await asyncio.start_server(serve, "localhost", 0, ssl=context)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def pipe(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
        target.close()


async def test_a_trusted_server_is_used(tls_port: int, tmp_path: Path, open_at: Open) -> None:
    url = f"redis://localhost:{tls_port}/0?ssl=true&ssl_ca_certs={tmp_path}/ca.pem"
    cache, _ = await open_at(url, max_connections=2)

    assert await cache.put("k", VALUE, cache.budget(), seconds=30.0) == Stored()
    assert await cache.get("k", cache.budget()) == VALUE


@pytest.mark.parametrize(
    "url",
    [
        "rediss://localhost:{port}",
        "redis://localhost:{port}?ssl=true&ssl_cert_reqs=required",
        "rediss://127.0.0.1:{port}?ssl_ca_certs={ca}",
    ],
)
async def test_an_unknown_authority_or_another_name_is_refused_and_nothing_breaks(
    tls_port: int, tmp_path: Path, open_at: Open, until: Until, url: str
) -> None:
    cache, stats = await open_at(
        url.format(port=tls_port, ca=tmp_path / "ca.pem"), in_use=False, max_connections=2
    )
    await until(lambda: stats.snapshot()["errors"]["connection"] > 0, 10.0)

    assert not cache.state().enabled


async def test_verification_can_be_switched_off(tls_port: int, open_at: Open) -> None:
    cache, _ = await open_at(f"rediss://127.0.0.1:{tls_port}?ssl_cert_reqs=none", max_connections=2)

    assert cache.state().enabled
