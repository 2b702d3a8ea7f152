"""What answers at the port but is no Redis, or a broken one: counted, told, and never an error."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from cache import Cache, CacheStats
from cache.tier import Trouble

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
Until = Callable[..., Awaitable[float]]
Impostor = Callable[..., Awaitable[str]]

HTTP = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html>no</html>"


@pytest.fixture
async def impostor() -> AsyncIterator[Impostor]:
    """`await impostor(answer, hang_up=True)` gives the URL of a server that says that to all."""
    servers: list[asyncio.Server] = []
    links: list[asyncio.StreamWriter] = []

    async def start(answer: bytes, *, hang_up: bool) -> str:
        async def serve(near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
            links.append(back)
            while await near.read(65536):
                back.write(answer)
                if hang_up:
                    back.close()

        servers.append(await asyncio.start_server(serve, "127.0.0.1", 0))
        return f"redis://127.0.0.1:{servers[-1].sockets[0].getsockname()[1]}/0"

    yield start
    for server in servers:
        server.close()
    for link in links:
        link.close()


@pytest.mark.parametrize(
    ("answer", "hang_up", "expected"),
    [
        (HTTP, True, Trouble.PROTOCOL),
        (HTTP, False, Trouble.PROTOCOL),
        (b"\x16\x03\x01\x02\x00", False, Trouble.PROTOCOL),
        (b"$100\r\ncut off", True, Trouble.CONNECTION),
        (b"", True, Trouble.CONNECTION),
        (b"-EXECABORT Transaction discarded\r\n", False, Trouble.OTHER),
        (b"-WHATEVER nobody has heard of\r\n", False, Trouble.OTHER),
        (b"-\r\n", False, Trouble.OTHER),
        (b"-BUSY Redis is busy running a script.\r\n", False, Trouble.SCRIPT),
        (b"-DENIED Redis is running in protected mode.\r\n", True, Trouble.AUTH),
        (b"-NOREPLICAS Not enough good replicas to write.\r\n", False, Trouble.OTHER),
    ],
)
async def test_it_is_counted_told_once_and_never_asked_by_requests(
    impostor: Impostor,
    open_at: Open,
    until: Until,
    caplog: pytest.LogCaptureFixture,
    answer: bytes,
    hang_up: bool,
    expected: Trouble,
) -> None:
    caplog.set_level(logging.INFO, "tally.cache")
    cache, stats = await open_at(await impostor(answer, hang_up=hang_up), in_use=False)
    await until(lambda: stats.snapshot()["errors"][expected] > 1, 5.0)
    heard: list[bytes] = []
    await cache.listen(heard.append, lambda: None)

    assert await cache.get("k", cache.budget()) is Trouble.AWAY
    assert {kind for kind, count in stats.snapshot()["errors"].items() if count} == {expected}
    assert len(caplog.messages) == 1
    assert heard == []


async def test_an_answer_cut_off_before_a_silence_is_a_silence(
    impostor: Impostor, open_at: Open, until: Until
) -> None:
    url = await impostor(b"$100\r\ncut off", hang_up=False)
    cache, stats = await open_at(url, in_use=False, socket_connect_timeout=0.2)

    await until(lambda: stats.snapshot()["errors"]["timeout"] > 0, 5.0)
    assert not cache.state().enabled
