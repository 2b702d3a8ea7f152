"""Every way people run Redis, each by a name: real servers, and the REDIS_URL that leads to them.

They are started as they are asked for. `TOPOLOGIES` is the list: what joins it is tested with all.
"""

import shlex
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import quote

import pytest

from certificates import Authority
from dev_servers import RedisCluster, RedisFlavour, RedisSentinels, RedisServer, RedisTls
from redis_places import Place, one, sharded, watched
from tls_terminator import tls_terminated

RIGHTS: Final = (
    *("~tally:*", "&tally:changes", "+get", "+mget", "+set", "+del", "+getrange", "+publish"),
    *("+evalsha", "+eval", "+subscribe", "+ping"),
)
"""What a user of the cache needs, in the words of an ACL."""
OWNER, ANN, WATCH = "the owner's: 1", "ann's @ 2", "the Sentinels' & 3"
SECRETS: Final = [form for word in (OWNER, ANN, WATCH) for form in (word, quote(word, safe=""))]
"""Whatever of these is shown anywhere is a leak."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What topologies are built on."""

    flavour: RedisFlavour
    authority: Authority
    shared: Callable[[str], Any]
    """A fixture by its name: servers that other tests use, too."""


Topology = Callable[[Ground], AbstractAsyncContextManager[Place]]


@asynccontextmanager
async def standalone(ground: Ground) -> AsyncIterator[Place]:
    server: RedisServer = ground.shared("_shared_redis")
    yield one(server, server.url)


@asynccontextmanager
async def with_password(ground: Ground) -> AsyncIterator[Place]:
    with RedisServer(ground.flavour.binary, password=OWNER) as server:
        yield one(server, server.url)


@asynccontextmanager
async def with_user(ground: Ground) -> AsyncIterator[Place]:
    """A user who may do nothing but what the cache needs."""
    config = [shlex.join(["user", "ann", "on", f">{ANN}", *RIGHTS])]
    with RedisServer(ground.flavour.binary, password=OWNER, config=config) as server:
        yield one(server, f"redis://ann:{quote(ANN, safe='')}@127.0.0.1:{server.port}/0")


@asynccontextmanager
async def by_unix_socket(ground: Ground) -> AsyncIterator[Place]:
    with RedisServer(ground.flavour.binary, password=OWNER, unix_socket=True) as server:
        yield one(server, server.unix_url)


@asynccontextmanager
async def over_tls(ground: Ground) -> AsyncIterator[Place]:
    async with tls_server(ground.flavour, ground.authority.tls()) as (server, port):
        yield one(server, f"rediss://localhost:{port}/0?ssl_ca_certs={ground.authority.pem}")


@asynccontextmanager
async def with_client_certificate(ground: Ground) -> AsyncIterator[Place]:
    papers = ground.authority.issue("ann")
    demanding = ground.authority.tls(demands_certificates=True)
    async with tls_server(ground.flavour, demanding) as (server, port):
        options = f"ssl_ca_certs={ground.authority.pem}&{papers.options}"
        yield one(server, f"redis://localhost:{port}/0?ssl=true&{options}")


@asynccontextmanager
async def sentinels(ground: Ground, option: str = "") -> AsyncIterator[Place]:
    yield watched(ground.shared("_shared_sentinels"), option)


@asynccontextmanager
async def sentinels_with_passwords(ground: Ground) -> AsyncIterator[Place]:
    """One for Redis and another one for the Sentinels."""
    binary = ground.flavour.binary
    with RedisSentinels(binary, password=OWNER, sentinel_password=WATCH) as servers:
        yield watched(servers)


@asynccontextmanager
async def sentinels_over_tls(ground: Ground) -> AsyncIterator[Place]:
    with RedisSentinels(ground.flavour.binary, tls=_tls_of_its_own(ground)) as servers:
        yield watched(servers)


@asynccontextmanager
async def cluster(ground: Ground, option: str = "") -> AsyncIterator[Place]:
    yield sharded(ground.shared("_shared_cluster"), option)


@asynccontextmanager
async def cluster_over_tls(ground: Ground) -> AsyncIterator[Place]:
    with RedisCluster(ground.flavour.binary, tls=_tls_of_its_own(ground)) as servers:
        yield sharded(servers)


TOPOLOGIES: Final[dict[str, Topology]] = {
    "standalone": standalone,
    "password": with_password,
    "user": with_user,
    "unix-socket": by_unix_socket,
    "tls": over_tls,
    "client-certificate": with_client_certificate,
    "sentinels": sentinels,
    "sentinels-replicas": partial(sentinels, option="read=replica"),
    "sentinels-passwords": sentinels_with_passwords,
    "sentinels-tls": sentinels_over_tls,
    "cluster": cluster,
    "cluster-replicas": partial(cluster, option="read=replica"),
    "cluster-tls": cluster_over_tls,
}


@asynccontextmanager
async def tls_server(
    flavour: RedisFlavour, tls: RedisTls
) -> AsyncIterator[tuple[RedisServer, int]]:
    """A server and the port at which it speaks TLS; by a terminator, if it cannot itself."""
    if flavour.speaks_tls:
        with RedisServer(flavour.binary, tls=tls) as server:
            yield server, server.told_port
    else:
        with RedisServer(flavour.binary) as server:
            async with tls_terminated(server.port, tls) as port:
                yield server, port


def _tls_of_its_own(ground: Ground) -> RedisTls:
    """For servers that tell others where they are: a terminator's port would be unknown to them."""
    if not ground.flavour.speaks_tls:
        pytest.skip(f"this {ground.flavour.name} was built without TLS")
    return ground.authority.tls()
