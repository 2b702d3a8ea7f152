"""The parts that a Redis target is served by, each opened alone at real servers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from cache.redis_credentials import Account, Credentials, FixedCredentials
from cache.redis_driver import Limits, RedisDriver
from cache.redis_fleet import Fleet
from cache.redis_layout import SLOTS, Layout, Shard
from cache.redis_node import RedisNode
from cache.redis_target import Node, RedisAddress
from cache.stats import CacheStats
from dev_servers import RedisServer


class Stoppable(Protocol):
    async def stop(self) -> None: ...


S = TypeVar("S", bound=Stoppable)


class Stopped(Protocol):
    """The fixture: what it is given is stopped after the test, and given back."""

    def __call__(self, one: S, /) -> S: ...


NOBODY = FixedCredentials(Account())
CONNECT_SECONDS = 1.0
LIMITS = Limits(max_connections=4, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=2.0)


def node_of(server: RedisServer) -> Node:
    return Node(host="127.0.0.1", port=server.port)


def driver_at(server: RedisServer, *, limits: Limits = LIMITS) -> RedisDriver:
    return RedisDriver(RedisAddress(host="127.0.0.1", port=server.port), NOBODY, limits)


def shared_by(*primaries: Node, epoch: int = 1) -> Layout:
    """A layout in which they hold as many slots each, in this order."""
    edges = [SLOTS * number // len(primaries) for number in range(len(primaries) + 1)]
    return Layout(
        shards=tuple(
            Shard(primary=primary, slots=(range(edges[n], edges[n + 1]),))
            for n, primary in enumerate(primaries)
        ),
        epoch=epoch,
    )


class Opened:
    """Opens nodes as a cache would, for a fleet; `quick` seconds are patient for a busy machine."""

    def __init__(
        self, credentials: Credentials = NOBODY, *, cluster: bool = False, limits: Limits = LIMITS
    ) -> None:
        self.stats = CacheStats()
        self._credentials = credentials
        self._cluster = cluster
        self._limits = limits

    def node(self, node: Node, replica: bool = False) -> RedisNode:
        return RedisNode(
            RedisAddress(host=node.host, port=node.port),
            self._credentials,
            self.stats,
            self._limits,
            quick=0.5,
            hides=lambda: self._credentials.secrets,
            cluster=self._cluster,
            replica=replica,
        )

    def fleet(self, *, replicas: bool = False) -> Fleet:
        return Fleet(self.node, replicas=replicas)


def clients(server: RedisServer) -> int:
    """Connections to it beside our own question's."""
    return len(server.ask("CLIENT LIST").splitlines()) - 1


def begun_since(tasks: set[asyncio.Task[Any]]) -> Sequence[str]:
    """The tasks that go on, beside who asks and those that were there before."""
    return sorted(map(repr, asyncio.all_tasks() - tasks - {asyncio.current_task()}))
