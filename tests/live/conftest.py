"""What whole journeys need: an installation of the test's own, a Redis, and films to upload."""

import shutil
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from dev_servers import RedisServer, redis_flavours
from live.echo import Connect, EchoServer
from live.films import Film, make_reel, repeat
from live.installation import Installation
from live.tcp_proxy import TcpProxy


@pytest.fixture
async def new_tally(tmp_path: Path) -> AsyncIterator[Installation]:
    """An installation on SQLite, without Redis unless a test names one; nothing ever ran in it."""
    installation = Installation(tmp_path)
    yield installation
    await installation.close()


@pytest.fixture
def tally(new_tally: Installation, migrated_file: Path) -> Installation:
    """The same with a database that has its tables, which each first start would take time for."""
    new_tally.data.mkdir()
    shutil.copy(migrated_file, new_tally.data / "tally.db")
    return new_tally


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    """A running server of the first flavour there is."""
    yield from running(0)


@pytest.fixture
def valkey() -> Iterator[RedisServer]:
    """A running server of the other flavour. Journeys are long: each is made with one of them."""
    yield from running(-1)


def running(flavour: int) -> Iterator[RedisServer]:
    flavours = redis_flavours()
    if not flavours:
        pytest.skip("no redis-server on this machine: apt-get install redis-server")
    with RedisServer(flavours[flavour].binary) as server:
        yield server


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """`film(20)` is a video of 20 seconds, 1280x720 with sound; lengths are multiples of four."""
    folder = tmp_path_factory.mktemp("films")
    reel = make_reel(folder / "reel.mp4")
    return lambda seconds: repeat(reel, seconds, folder / f"film-{seconds}.mp4")


@pytest.fixture(scope="session")
def echo() -> Iterator[int]:
    """The port of a server that says everything back."""
    with EchoServer() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def proxy(echo: int) -> Iterator[TcpProxy]:
    """A healthy proxy before that server."""
    with TcpProxy("127.0.0.1", echo) as proxy:
        yield proxy


@pytest.fixture
def connect(proxy: TcpProxy) -> Iterator[Connect]:
    """A new connection through that proxy; all are closed after the test."""
    opened: list[socket.socket] = []

    def one() -> socket.socket:
        opened.append(socket.create_connection(("127.0.0.1", proxy.port), timeout=5.0))
        return opened[-1]

    yield one
    for link in opened:
        link.close()
