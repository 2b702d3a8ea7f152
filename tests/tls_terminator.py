"""TLS for a server that has none: a port in front of it that takes the TLS off, as stunnel does."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from dev_servers import RedisTls


@asynccontextmanager
async def tls_terminated(port: int, tls: RedisTls) -> AsyncIterator[int]:
    """A port of 127.0.0.1 that leads to that one, for as long as the block runs."""
    links: set[asyncio.Task[None]] = set()

    async def serve(near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        link = asyncio.ensure_future(_join(near, back, port))
        links.add(link)
        link.add_done_callback(links.discard)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=_context(tls))
    yield server.sockets[0].getsockname()[1]
    server.close()
    for link in links:
        link.cancel()
    await asyncio.gather(*links, return_exceptions=True)


def _context(tls: RedisTls) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=tls.authority)
    context.load_cert_chain(tls.certificate, tls.key)
    if tls.demands_certificates:
        context.verify_mode = ssl.CERT_REQUIRED
    return context


async def _join(near: asyncio.StreamReader, back: asyncio.StreamWriter, port: int) -> None:
    """Until either side ends; a server that is away ends it at once."""
    try:
        with suppress(OSError):
            far, forth = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(_pipe(near, forth), _pipe(far, back))
    finally:
        back.close()


async def _pipe(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
    target.close()
