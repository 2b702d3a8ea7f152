"""A stranger's PING shows who gets in, and the certificate whoever signed it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Final

import pytest

from cache.redis_answers import Silent, TlsFacts
from cache.redis_stranger import meet
from cache.redis_target import RedisAddress
from cache.redis_url import parse_redis_url
from certificates import LONG_AGO, Authority
from dev_servers import RedisFlavour, RedisServer, RedisTls, free_port
from redis_topologies import tls_server
from silence import Silence

HERE: Final = ("127.0.0.1",)
SECONDS: Final = 5.0
SOON: Final = 0.4
Serve = Callable[[RedisTls], Awaitable[int]]
Start = Callable[..., RedisServer]


@pytest.fixture
async def serve(redis_flavour: RedisFlavour) -> AsyncIterator[Serve]:
    """`await serve(authority.tls(...))` starts a server and gives the port where it speaks TLS."""
    async with AsyncExitStack() as servers:

        async def serve_one(tls: RedisTls) -> int:
            return (await servers.enter_async_context(tls_server(redis_flavour, tls)))[1]

        yield serve_one


def address(url: str) -> RedisAddress:
    target = parse_redis_url(url)
    assert isinstance(target, RedisAddress)
    return target


async def test_an_open_server_says_pong_whatever_credentials_we_have(
    redis_server: RedisServer,
) -> None:
    ours = address(f"redis://:secret@127.0.0.1:{redis_server.port}/3")
    told = await meet(ours, HERE, SECONDS)

    assert (told.said, told.tls) == (b"+PONG\r\n", None)


async def test_who_wants_a_password_or_gives_a_stranger_few_rights_says_so(
    start_redis: Start,
) -> None:
    closed = start_redis(password="secret")
    narrow = start_redis()
    narrow.ask("ACL SETUSER default on nopass -@all +get")
    told = [
        await meet(address(f"redis://:secret@127.0.0.1:{one}"), HERE, SECONDS)
        for one in (closed.port, narrow.port)
    ]

    assert isinstance(told[0].said, bytes)
    assert isinstance(told[1].said, bytes)
    assert told[0].said.startswith(b"-NOAUTH")
    assert told[1].said.startswith(b"-NOPERM")


async def test_a_unix_socket_lets_strangers_ask_too(start_redis: Start) -> None:
    server = start_redis(password="secret", unix_socket=True)
    told = await meet(address(server.unix_url), (), SECONDS)

    assert isinstance(told.said, bytes)
    assert told.said.startswith(b"-NOAUTH")


async def test_the_certificate_is_seen_that_would_not_pass(
    serve: Serve, authority: Authority
) -> None:
    port = await serve(authority.tls("elsewhere.example", expired=True))
    told = await meet(address(f"rediss://localhost:{port}"), HERE, SECONDS)

    assert told.said == b"+PONG\r\n"
    assert isinstance(told.tls, TlsFacts)
    assert told.tls.version == "TLSv1.3"
    assert told.tls.certificate is not None
    assert told.tls.certificate.not_after == LONG_AGO.replace(year=2002)
    assert told.tls.certificate.names == ("elsewhere.example",)


async def test_who_demands_a_certificate_lets_no_stranger_in_but_shows_its_own(
    serve: Serve, authority: Authority
) -> None:
    port = await serve(authority.tls(demands_certificates=True))
    ours = address(f"rediss://localhost:{port}?{authority.issue('ann').options}")
    told = await meet(ours, HERE, SECONDS)

    assert isinstance(told.said, Silent)
    assert told.wants_certificate
    assert isinstance(told.tls, TlsFacts)
    assert told.tls.certificate is not None
    assert told.tls.certificate.not_after > datetime.now(UTC)


async def test_a_server_without_tls_has_none(redis_server: RedisServer) -> None:
    told = await meet(address(f"rediss://localhost:{redis_server.port}"), HERE, SOON)

    assert isinstance(told.said, Silent)
    assert isinstance(told.tls, Silent)
    assert not told.wants_certificate


async def test_who_is_not_there_at_one_address_is_met_at_the_next(
    redis_server: RedisServer,
) -> None:
    told = await meet(
        address(f"redis://localhost:{redis_server.port}"), ("127.0.0.9", *HERE), SECONDS
    )

    assert told.said == b"+PONG\r\n"


async def test_nobody_and_silence_are_told_in_time(silence: Silence) -> None:
    nobody = await meet(address(f"redis://127.0.0.1:{free_port()}"), HERE, SECONDS)
    began = time.monotonic()
    silent = await meet(address(f"rediss://127.0.0.1:{(await silence.start()).port}"), HERE, SOON)

    assert isinstance(nobody.said, Silent)
    assert "cannot be reached" in nobody.said.why
    assert silent.said == silent.tls == Silent("it does not answer in time.")
    assert time.monotonic() - began < SOON + 1.5


async def test_whoever_babbles_or_hangs_up_is_not_listened_to() -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"x" * 5000)
        writer.close()

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    told = []
    for manner in (babble, hang_up):
        server = await asyncio.start_server(manner, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        told.append(await meet(address(f"redis://127.0.0.1:{port}"), HERE, SECONDS))
        server.close()

    assert [type(one.said) for one in told] == [Silent, Silent]
