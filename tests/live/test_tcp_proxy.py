"""Who may connect and who hears anything: the proxy as a client of the server behind it sees it."""

import asyncio
import socket
import struct
from contextlib import closing

import pytest

from dev_servers import PostgresServer, RedisServer
from live.echo import Connect, echoed, exactly, silent
from live.tcp_proxy import TcpProxy
from patience import seen


def through(proxy: TcpProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=5.0)


async def test_it_passes_everything_and_counts_it(proxy: TcpProxy, connect: Connect) -> None:
    links = [connect(), connect()]
    answers = [echoed(link, b"0123456789" * 20) for link in links]
    links[0].shutdown(socket.SHUT_WR)
    farewell = exactly(links[0], 100)
    await seen(lambda: proxy.open_connections, lambda still: still == 1, seconds=5)

    assert answers == [b"0123456789" * 20] * 2
    assert farewell == b"bye"
    assert proxy.connections == 2
    assert proxy.passed == {"to_server": 400, "to_client": 403}


def test_frozen_it_accepts_and_says_nothing_and_nothing_is_lost(
    proxy: TcpProxy, connect: Connect
) -> None:
    old = connect()
    echoed(old)
    proxy.freeze()
    old.sendall(b"held back")
    new = connect()
    new.sendall(b"me, too")
    quiet = [silent(old), silent(new)]
    proxy.heal()

    assert quiet == [True, True]
    assert exactly(old, 9) == b"held back"
    assert exactly(new, 7) == b"me, too"


def test_new_connections_alone_may_be_frozen_or_old_ones_alone(
    proxy: TcpProxy, connect: Connect
) -> None:
    old = connect()
    echoed(old)
    proxy.freeze(existing=False)
    frozen_from_birth = connect()
    frozen_from_birth.sendall(b"x")

    assert echoed(old) == b"hello"
    assert silent(frozen_from_birth)

    proxy.heal()
    proxy.freeze(new=False)
    old.sendall(b"x")

    assert echoed(connect()) == b"hello"
    assert silent(old)


def test_what_was_swallowed_stays_silent_while_new_connections_pass(
    proxy: TcpProxy, connect: Connect
) -> None:
    old = connect()
    echoed(old)
    proxy.swallow_existing()
    old.sendall(b"lost")
    quiet = silent(old)
    other = echoed(connect())
    proxy.heal()
    old.sendall(b"for ever")

    assert quiet
    assert other == b"hello"
    assert silent(old)


def test_refusing_it_has_no_listener_and_old_connections_go_on(
    proxy: TcpProxy, connect: Connect
) -> None:
    old = connect()
    echoed(old)
    proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        connect()
    still = echoed(old)
    proxy.heal()

    assert still == b"hello"
    assert echoed(connect()) == b"hello"


def test_a_reset_breaks_connections_that_are_open(proxy: TcpProxy, connect: Connect) -> None:
    old = connect()
    echoed(old)
    proxy.reset()
    with pytest.raises(ConnectionResetError):
        old.recv(1)

    assert echoed(connect()) == b"hello"


def test_a_reset_breaks_new_connections_where_it_is_meant_for_them(
    proxy: TcpProxy, connect: Connect
) -> None:
    old = connect()
    echoed(old)
    proxy.reset(existing=False, new=True)
    with pytest.raises(ConnectionResetError):
        connect().recv(1)

    assert echoed(old) == b"hello"


def test_a_server_that_is_away_resets_its_clients() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as place:
        port = place.getsockname()[1]
    with (
        TcpProxy("127.0.0.1", port) as proxy,
        pytest.raises(ConnectionResetError),
        closing(through(proxy)) as link,
    ):
        link.recv(1)


async def test_many_at_once_pass_whatever_the_test_loop_does(proxy: TcpProxy) -> None:
    async def one(number: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"%5d" % number * 2000)
        answer = await reader.readexactly(10_000)
        writer.close()
        return answer

    answers = await asyncio.gather(*(one(number) for number in range(100)))

    assert answers == [b"%5d" % number * 2000 for number in range(100)]
    assert proxy.connections == 100


def test_before_a_real_redis_it_is_that_redis(redis: RedisServer) -> None:
    with TcpProxy("127.0.0.1", redis.port) as proxy:
        front = proxy.url(redis.url)
        with closing(through(proxy)) as link:
            link.sendall(b"PING\r\n")
            pong = exactly(link, 7)

    assert front == redis.url.replace(str(redis.port), str(proxy.port))
    assert pong == b"+PONG\r\n"


def test_before_a_real_postgresql_it_is_that_postgresql(
    postgres_url: str, postgres_server: PostgresServer
) -> None:
    with TcpProxy("127.0.0.1", postgres_server.port) as proxy:
        front = proxy.url(postgres_url)
        with closing(through(proxy)) as link:
            link.sendall(struct.pack("!ii", 8, 80877103))  # SSLRequest
            answer = exactly(link, 1)

    assert front == postgres_url.replace(str(postgres_server.port), str(proxy.port))
    assert answer == b"N"
