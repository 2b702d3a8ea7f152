"""A Redis of the tests' own: what it replies, and where it listens."""

import socket
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext

import pytest

from certificates import Authority
from dev_servers import RedisFlavour, RedisServer, ServerError
from dev_servers.redis_protocol import encoded


def test_a_list_is_given_line_by_line_and_nothing_as_nothing(redis_server: RedisServer) -> None:
    redis_server.ask("RPUSH a one 'two words' three")

    assert redis_server.ask("LRANGE a 0 -1") == "one\ntwo words\nthree"
    assert redis_server.ask("LRANGE nothing 0 -1") == ""
    assert redis_server.ask("MGET nothing") == ""


def test_a_redis_is_reached_by_a_unix_socket(start_redis: Callable[..., RedisServer]) -> None:
    server = start_redis(unix_socket=True)
    path = server.unix_url.removeprefix("unix://").removesuffix("?db=0")
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(path)
        link.sendall(encoded("PING"))

        assert link.recv(100) == b"+PONG\r\n"


def test_a_redis_speaks_tls_where_it_was_built_with_it(
    redis_flavour: RedisFlavour, authority: Authority
) -> None:
    server = RedisServer(redis_flavour.binary, tls=authority.tls())
    with closing(server), nullcontext() if redis_flavour.speaks_tls else refused():
        server.start()

        assert spoken_to(server, authority) == b"+PONG\r\n"


def refused() -> AbstractContextManager[object]:
    return pytest.raises(ServerError, match="TLS support")


def spoken_to(server: RedisServer, authority: Authority) -> bytes:
    trust = ssl.create_default_context(cafile=authority.pem)
    with (
        socket.create_connection(("127.0.0.1", server.told_port)) as link,
        trust.wrap_socket(link, server_hostname="localhost") as tls,
    ):
        tls.sendall(encoded("PING"))
        return tls.recv(100)
