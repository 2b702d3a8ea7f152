"""What doctor knows of Redis is gathered from real servers, and the checks tell good from bad."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import fields
from functools import partial
from typing import Any, Final

import pytest

from certificates import Authority
from dev_servers import RedisFlavour, RedisServer, RedisTls
from example_evidence import DAY
from example_servers import verdicts
from ops import checks_access, checks_engine, checks_memory, checks_sharing, checks_tls
from ops.evidence import Check, Evidence
from ops.redis_evidence import RedisSeen, gather_redis
from ops.server_seen import Unknown
from patience import eventually
from redis_topologies import tls_server
from settings import Settings

Start = Callable[..., RedisServer]
Serve = Callable[[RedisTls], Awaitable[int]]
YEAR_3000: Final = 32_503_680_000.0
CHECKS: Final[Iterable[Check]] = (
    *checks_access.CHECKS,
    *checks_engine.CHECKS,
    *checks_memory.CHECKS,
    *checks_sharing.CHECKS,
)
RIGHTS: Final = (
    "resetkeys ~tally:* -@all +ping +info +time +scan +ttl +memory|usage +slowlog|len +slowlog|get "
    "+latency|latest +acl|whoami +acl|dryrun +config|get"
)


def settings(url: str) -> Settings:
    return Settings(_env_file=None, redis_url=url)


async def judged(url: str, checks: Iterable[Check] = CHECKS, *, now: float = 1e9) -> dict[str, str]:
    """At a moment long ago, at which no version had had its time yet."""
    seen = await gather_redis(settings(url))
    known: dict[str, Any] = {one.name: getattr(seen, one.name) for one in fields(seen)}
    return verdicts(checks, Evidence(**known, settings=settings(url), now=now))


@pytest.fixture
async def serve(redis_flavour: RedisFlavour) -> AsyncIterator[Serve]:
    """`await serve(authority.tls(...))` starts a server and gives the port where it speaks TLS."""
    async with AsyncExitStack() as servers:

        async def serve_one(tls: RedisTls) -> int:
            return (await servers.enter_async_context(tls_server(redis_flavour, tls)))[1]

        yield serve_one


async def test_a_url_that_means_nothing_or_nobody_asks_nobody() -> None:
    bad = await gather_redis(settings("localhost:6379"))

    assert bad.url_trouble is not None
    assert bad.url_trouble.startswith("REDIS_URL: must begin")
    assert await gather_redis(settings("none")) == RedisSeen()


async def test_a_server_set_up_well_is_found_so(start_redis: Start) -> None:
    server = start_redis(
        password="the owner's",
        config=[
            f"user tally on >secret {RIGHTS}",
            "maxmemory 64mb",
            "maxmemory-policy allkeys-lru",
        ],
    )
    server.ask("SET tally:job:{a} x EX 100")
    told = await judged(f"redis://tally:secret@127.0.0.1:{server.port}/0")

    assert {*told.values()} == {"ok"}


async def test_a_server_set_up_badly_is_found_so(start_redis: Start) -> None:
    server = start_redis(config=["appendonly yes"])
    server.ask("SET tally:job:{a} x")
    server.ask("LPUSH bull:wait x")
    told = await judged(server.url)

    assert {name: verdict for name, verdict in told.items() if verdict != "ok"} == {
        "redis.password": "fail",
        "redis.rights": "warn",
        "redis.key-pattern": "warn",
        "redis.maxmemory": "fail",
        "redis.eviction-policy": "warn",
        "redis.shared": "fail",
        "redis.ttl": "fail",
        "redis.persistence": "warn",
    }


async def test_a_server_that_is_full_is_found_so(start_redis: Start) -> None:
    """Of memory, and of clients: it has evicted most of what it was given."""
    server = start_redis(
        password="x", config=["maxmemory 4mb", "maxmemory-policy allkeys-lru", "maxclients 100"]
    )
    put = "redis.call('SET', KEYS[1], string.rep('x', 50000), 'EX', 1000)"
    for number in range(150):
        server.ask(f'EVAL "{put}" 1 tally:job:{{{number}}}')
    with ExitStack() as connections:
        for _ in range(96):
            connections.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        await eventually(partial(clients, server), lambda connected: connected >= 97)
        told = await judged(server.url)

    assert {name: verdict for name, verdict in told.items() if verdict == "fail"} == {
        "redis.memory-used": "fail",
        "redis.evictions": "fail",
        "redis.clients": "fail",
    }
    assert told["redis.memory-estimate"] == "warn"


async def clients(server: RedisServer) -> int:
    return int(server.facts("INFO clients")["connected_clients"])


async def test_a_user_who_may_little_leaves_unknown_what_is_hidden(start_redis: Start) -> None:
    server = start_redis(password="x", config=["user ann on >secret ~tally:* -@all +get +ping"])
    told = await judged(f"redis://ann:secret@127.0.0.1:{server.port}/0")

    assert told.pop("redis.password") == "ok"
    assert {*told.values()} == {"unknown"}


@pytest.mark.parametrize(
    ("expired", "now", "verdict"),
    [
        (False, 1e9, "ok"),
        (False, YEAR_3000 - 10 * DAY, "warn"),
        (True, 1.8e9, "fail"),
    ],
)
async def test_a_certificate_is_judged_by_its_end_also_where_it_does_not_pass(
    serve: Serve, authority: Authority, expired: bool, now: float, verdict: str
) -> None:
    port = await serve(authority.tls(expired=expired))
    url = f"rediss://localhost:{port}?ssl_ca_certs={authority.pem}"
    told = await judged(url, checks_tls.CHECKS, now=now)

    assert told == {
        "redis.tls": "ok",
        "redis.tls-verified": "fail" if expired else "ok",
        "redis.certificate": verdict,
        "redis.tls-version": "ok",
    }


async def test_nothing_goes_on_when_it_is_over(redis_server: RedisServer) -> None:
    before = asyncio.all_tasks()
    redis_server.freeze()
    seen = await gather_redis(settings(redis_server.url))

    assert isinstance(seen.servers[0].info, Unknown)
    assert asyncio.all_tasks() == before
