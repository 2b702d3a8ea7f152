"""Finds out who holds what now: asks Sentinels, or a cluster's nodes. In the background only.

Several are asked at once, for any of them may be dead, silent, or cut off and wrong: of the answers
the newest is believed. One server needs no asking.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from random import sample
from typing import Final, Protocol

from cache.redis_commands import ask_cluster, ask_sentinel
from cache.redis_credentials import Account, Credentials, FixedCredentials
from cache.redis_driver import Limits, RedisDriver
from cache.redis_inquiry import Undiscovered, newest_of
from cache.redis_layout import Layout, Shard
from cache.redis_target import ClusterAddress, Node, RedisAddress, RedisTarget, SentinelAddress

OpenDriver = Callable[[Node], RedisDriver]

_CONNECTIONS: Final = 2
"""To each of them: a question given up on may not have closed its own yet."""
_SAMPLE: Final = 3
"""Nodes of a cluster that are asked at once; all of them, once none of these answers."""


class Discovery(Protocol):
    """Describes the target as it is now."""

    beat_seconds: float | None
    """How often it pays to look where nothing seems wrong; None: it never changes."""

    async def look(self) -> Layout:
        """The layout now, of one shard at least. Raises Undiscovered.

        Takes two connections' time at most. Not safe to be called again meanwhile.
        """
        ...

    async def close(self) -> None: ...


def find(target: RedisTarget, credentials: Credentials, connect_timeout: float) -> Discovery:
    """How a target is found out about; nothing is asked yet. `connect_timeout` in seconds."""
    if isinstance(target, RedisAddress):
        return OneServer(target.first)

    few = Limits(
        max_connections=_CONNECTIONS,
        socket_connect_timeout=connect_timeout,
        socket_timeout=connect_timeout,
    )
    if isinstance(target, ClusterAddress):
        return ClusterNodes(target, lambda node: RedisDriver(target.server(node), credentials, few))
    own = FixedCredentials(
        Account(username=target.sentinel_username, password=target.sentinel_password)
    )
    return Sentinels(target, lambda node: RedisDriver(target.sentinel(node), own, few))


class OneServer:
    """A target that is one server, and stays it."""

    beat_seconds: float | None = None

    def __init__(self, node: Node) -> None:
        self._layout = Layout(shards=(Shard(primary=node),))

    async def look(self) -> Layout:
        return self._layout

    async def close(self) -> None:
        """Nothing was opened."""


class Sentinels:
    """Whoever the Sentinels say is the primary. `open_driver` opens one to a Sentinel."""

    beat_seconds: float | None = 2.0

    def __init__(self, target: SentinelAddress, open_driver: OpenDriver) -> None:
        self._service = target.service
        self._replicas = target.read == "replica"
        self._drivers = [open_driver(node) for node in target.sentinels]

    async def look(self) -> Layout:
        return await newest_of([self._asked(driver) for driver in self._drivers])

    async def close(self) -> None:
        await _close(self._drivers)

    async def _asked(self, driver: RedisDriver) -> Layout:
        await driver.resolve()
        return await ask_sentinel(driver, self._service, replicas=self._replicas)


class ClusterNodes:
    """The shards as the cluster's own nodes describe them. `open_driver` opens one to a node."""

    beat_seconds: float | None = 5.0

    def __init__(self, target: ClusterAddress, open_driver: OpenDriver) -> None:
        self._first = target.nodes
        self._known: tuple[Node, ...] = ()
        self._open_driver = open_driver
        self._drivers: dict[Node, RedisDriver] = {}

    async def look(self) -> Layout:
        layout = await self._look(self._everyone())
        self._known = layout.nodes
        await self._forget(set(self._drivers) - set(self._everyone()))
        if not layout.shards:
            raise Undiscovered([ValueError("no slot of the cluster is assigned")])
        return layout

    async def close(self) -> None:
        await self._forget(set(self._drivers))

    def _everyone(self) -> Sequence[Node]:
        return tuple(dict.fromkeys([*self._known, *self._first]))

    async def _look(self, everyone: Sequence[Node]) -> Layout:
        """What a few of them say; what all of them do where that is nothing, or not sound."""
        few = sample(everyone, min(_SAMPLE, len(everyone)))
        try:
            layout = await newest_of([self._asked(node) for node in few])
        except Undiscovered:
            if len(few) == len(everyone):
                raise
        else:
            if layout.sound or len(few) == len(everyone):
                return layout
        return await newest_of([self._asked(node) for node in everyone])

    async def _asked(self, node: Node) -> Layout:
        if node not in self._drivers:
            self._drivers[node] = self._open_driver(node)
        driver = self._drivers[node]
        await driver.resolve()
        return await ask_cluster(driver, node)

    async def _forget(self, nodes: Iterable[Node]) -> None:
        await _close([self._drivers.pop(node) for node in nodes])


async def _close(drivers: Iterable[RedisDriver]) -> None:
    """Each of them: one that fails to close keeps nobody else open."""
    await asyncio.gather(*(driver.close() for driver in drivers), return_exceptions=True)
