"""The servers of a Redis target, wired to the slots they hold now. Asks nobody how things are.

Requests take what is there and never wait for a change: it costs them misses, no more.
"""

import asyncio
import random
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Final, TypeAlias

from cache.redis_layout import SLOTS, Layout, Shard, slot_of
from cache.redis_node import RedisNode
from cache.redis_target import Node

Place: TypeAlias = tuple[Node, bool]
"""A server, and whether it is used as a replica: the other part has another beat."""
OpenNode: TypeAlias = Callable[[Node, bool], RedisNode]

_NOTHING: Final = Layout(shards=())
_LINGER_SECONDS: Final = 1.0
"""For so long who leaves may still answer what it was asked: longer than any request's budget."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A shard, with the servers to ask for what it holds."""

    primary: RedisNode
    replicas: tuple[RedisNode, ...]

    @property
    def reader(self) -> RedisNode:
        """A replica that is in use, any of them alike; else the primary."""
        if not self.replicas:
            return self.primary
        usable = [replica for replica in self.replicas if replica.in_use]
        return random.choice(usable) if usable else self.primary


class Fleet:
    """Every server of the present layout. `open_node` makes one, not started."""

    def __init__(
        self, open_node: OpenNode, *, replicas: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`replicas`: whether they are used at all."""
        self._open_node = open_node
        self._replicas = replicas
        self._clock = clock
        self.layout = _NOTHING
        self._nodes: dict[Place, RedisNode] = {}
        self._parts: tuple[Part, ...] = ()
        self._table: list[Part | None] = []
        """By slots; empty where one part holds them all."""
        self._heirs: dict[Place, RedisNode] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    @property
    def in_use(self) -> bool:
        """Whether anything can be kept now."""
        return any(part.primary.in_use for part in self._parts)

    @property
    def whole(self) -> bool:
        """Whether every server is in use."""
        return bool(self._nodes) and all(node.in_use for node in self._nodes.values())

    def states(self) -> dict[str, bool]:
        """Each server by its address, without any password: is it in use?"""
        return {node.name: node.in_use for node in self._nodes.values()}

    @property
    def nodes(self) -> Sequence[RedisNode]:
        """Every server of the layout that is used."""
        return tuple(self._nodes.values())

    def part(self, key: str) -> Part | None:
        """Who holds the key; None while nobody is known to."""
        if self._table:
            return self._table[slot_of(key)]
        return self._parts[0] if self._parts else None

    def primary_at(self, node: Node) -> RedisNode | None:
        """The primary there, if it is known as one."""
        return self._nodes.get((node, False))

    def ear(self) -> RedisNode | None:
        """Any primary in use: what is published to one is published by all.

        A replica that has lost its primary would answer, and hear nothing.
        """
        usable = [part.primary for part in self._parts if part.primary.in_use]
        return random.choice(usable) if usable else None

    async def adopt(self, layout: Layout) -> None:
        """Ask by this layout from now on. Its new servers are away until they have proven well.

        Waits a little for those; the ones that left are closed in the background, a little later.
        """
        self.layout = layout
        wanted = set(self._places(layout.shards))
        new = [place for place in wanted if place not in self._nodes]
        for place in new:
            self._nodes[place] = self._open_node(*place)
        gone = [self._nodes.pop(place) for place in set(self._nodes) - wanted]
        gone += [self._heirs.pop(place) for place in set(self._heirs) - wanted]
        self._wire()
        self._retire(gone)
        await asyncio.gather(*(self._nodes[place].start() for place in new))

    async def renew(self) -> None:
        """Replace servers whose connections may not be used much longer, one after the other.

        The heir takes over when it is in use, at this call or a later one; requests notice nothing.
        """
        now = self._clock()
        for place, worn in list(self._nodes.items()):
            if place not in self._heirs:
                if worn.usable_until > now or not worn.in_use:
                    continue
                self._heirs[place] = self._open_node(*place)
                await self._heirs[place].start()
            if self._heirs[place].in_use:
                self._nodes[place] = self._heirs.pop(place)
                self._wire()
                self._retire([worn])

    async def stop(self) -> None:
        """Close every server; the fleet is empty again. Takes no longer than closing one may."""
        nodes = [*self._nodes.values(), *self._heirs.values()]
        self._nodes, self._heirs, self.layout = {}, {}, _NOTHING
        self._wire()
        self._retire(nodes)
        self._stopping.set()
        if self._leaving:
            await asyncio.wait(self._leaving)
        self._stopping.clear()

    def _places(self, shards: Iterable[Shard]) -> Iterable[Place]:
        primaries = ((shard.primary, False) for shard in shards)
        replicas = ((node, True) for shard in shards for node in shard.replicas)
        return chain(primaries, replicas if self._replicas else ())

    def _wire(self) -> None:
        """All at once, between two requests."""
        parts = {shard: self._part(shard) for shard in self.layout.shards}
        table: list[Part | None] = []
        if len(parts) > 1 or any(len(held) < SLOTS for shard in parts for held in shard.slots):
            table = [None] * SLOTS
            for shard, part in parts.items():
                for held in shard.slots:
                    table[held.start : held.stop] = [part] * len(held)
        self._parts, self._table = tuple(parts.values()), table

    def _part(self, shard: Shard) -> Part:
        part = Part(
            primary=self._nodes[shard.primary, False],
            replicas=tuple(self._nodes[node, True] for node in shard.replicas if self._replicas),
        )
        for node in (part.primary, *part.replicas):
            node.holds(shard.slots)
        return part

    def _retire(self, nodes: Sequence[RedisNode]) -> None:
        for node in nodes:
            task = asyncio.ensure_future(self._leave(node))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    async def _leave(self, node: RedisNode) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_SECONDS):
                await self._stopping.wait()
        await node.stop()
