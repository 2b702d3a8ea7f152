"""Sends each key's command to the server that holds the key, and after it once if it has moved.

Whatever else has changed costs the request a miss, and wakes whoever finds out.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Final, Protocol, TypeAlias, TypeVar

from cache.redis_fleet import Fleet
from cache.redis_node import RedisNode
from cache.redis_target import Node
from cache.redis_trouble import Redirect
from cache.stats import CacheStats
from cache.tier import Budget, Found, Put, PutOutcome, Trouble

K = TypeVar("K", bound=Hashable)
K_contra = TypeVar("K_contra", bound=Hashable, contravariant=True)
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Holders: TypeAlias = Mapping[K, RedisNode | None]
"""Whom to ask about each thing; None where nobody is known."""
Groups: TypeAlias = dict[tuple[RedisNode | None, bool], list[K]]
"""Things by whom to ask; and whether `asking`."""

_MOVED: Final = frozenset(
    {Trouble.CONNECTION, Trouble.READONLY, Trouble.MASTERDOWN, Trouble.LOADING, Trouble.CLUSTER}
)
"""What may mean that another server is the primary now."""


class Ask(Protocol[K_contra, T_co]):
    """Asks a server about things: of each in turn, or the trouble of all."""

    def __call__(
        self, node: RedisNode, things: Sequence[K_contra], budget: Budget, /, *, asking: bool
    ) -> Awaitable[Sequence[T_co] | Trouble]: ...


class Routes:
    """Commands over a fleet. `wake` is called when something seems to have moved."""

    def __init__(self, fleet: Fleet, wake: Callable[[], None], stats: CacheStats) -> None:
        self._fleet = fleet
        self._wake = wake
        self._stats = stats

    def shard(self, key: str) -> RedisNode | None:
        """The primary that stands for the shard, if the shard can be read."""
        part = self._fleet.part(key)
        return part.primary if part is not None and part.reader.in_use else None

    async def get(self, key: str, budget: Budget, *, newest: bool) -> Found:
        """As `get_many` of one, without grouping it: that would cost a lone poll 5 % more CPU."""
        node = self._holder(key, newest=newest)
        if node is None:
            return Trouble.AWAY
        found = await node.get(key, budget)
        if isinstance(found, Redirect) and (other := self._named(found, node)):
            found = await other.get(key, budget, asking=found.asking)
        return self._outcome(found)

    async def get_many(
        self, keys: Sequence[str], budget: Budget, *, newest: bool
    ) -> Sequence[Found]:
        """One round trip to each server, all at the same time; and one more for what has moved."""
        holders = {key: self._holder(key, newest=newest) for key in keys}
        told = await self._told(holders, RedisNode.get_many, budget)
        values = [told[key] for key in keys]
        return [it if isinstance(it, bytes) else self._outcome(it) for it in values]

    async def put_many(self, puts: Sequence[Put], budget: Budget) -> Sequence[PutOutcome]:
        """As `get_many`; what is large takes more round trips."""
        holders = {put: self._holder(put.key, newest=True) for put in puts}
        told = await self._told(holders, RedisNode.put_many, budget)
        return [self._outcome(told[put]) for put in puts]

    async def listen(self, deliver: Callable[[bytes], None], heard: Callable[[], None]) -> None:
        node = self._fleet.ear()
        if node is not None:
            await node.listen(deliver, heard)
            self._wake()

    def _holder(self, key: str, *, newest: bool) -> RedisNode | None:
        part = self._fleet.part(key)
        if part is None:
            return None
        return part.primary if newest else part.reader

    def _named(self, redirect: Redirect, asked: RedisNode) -> RedisNode | None:
        """Whom the server that was asked has named instead; None if it is nobody we know yet."""
        if not redirect.asking:
            self._wake()
        host = redirect.node.host or asked.address.host
        return self._fleet.primary_at(Node(host=host, port=redirect.node.port))

    async def _told(
        self, holders: Holders[K], ask: Ask[K, T], budget: Budget
    ) -> dict[K, T | Trouble]:
        groups: Groups[K] = defaultdict(list)
        for thing, node in holders.items():
            groups[node, False].append(thing)
        told = await _of_each(groups, ask, budget)
        if moved := self._moved(holders, told):
            told |= await _of_each(moved, ask, budget)
        return told

    def _moved(self, holders: Holders[K], told: Mapping[K, T | Trouble]) -> Groups[K]:
        moved: Groups[K] = defaultdict(list)
        for thing, node in holders.items():
            said = told[thing]
            if isinstance(said, Redirect) and node and (other := self._named(said, node)):
                moved[other, said.asking].append(thing)
        return moved

    def _outcome(self, outcome: T | Redirect | Trouble) -> T | Trouble:
        """What the request is told. A redirect that is left leads to nobody, or elsewhere again."""
        if isinstance(outcome, Redirect):
            self._stats.error(Trouble.CLUSTER)
            self._wake()
            return Trouble.CLUSTER
        if isinstance(outcome, Trouble) and outcome in _MOVED:
            self._wake()
        return outcome


async def _of_each(groups: Groups[K], ask: Ask[K, T], budget: Budget) -> dict[K, T | Trouble]:
    """What was said of each thing: all servers are asked at the same time."""
    many = await _side_by_side(
        [partial(_answers, ask, node, asking, it) for (node, asking), it in groups.items()], budget
    )
    told: dict[K, T | Trouble] = {}
    for things, answers in zip(groups.values(), many, strict=True):
        told.update(zip(things, answers, strict=True))
    return told


async def _answers(
    ask: Ask[K, T], node: RedisNode | None, asking: bool, things: Sequence[K], budget: Budget
) -> Sequence[T | Trouble]:
    """One for each."""
    told = await ask(node, things, budget, asking=asking) if node else Trouble.AWAY
    return [told] * len(things) if isinstance(told, Trouble) else told


async def _side_by_side(
    calls: Sequence[Callable[[Budget], Awaitable[T]]], budget: Budget
) -> Sequence[T]:
    """All at the same time, each with what is left: it is spent once, by the slowest."""
    if len(calls) <= 1:
        return [await call(budget) for call in calls]
    shares = [Budget(budget.left) for _ in calls]
    outcomes = await asyncio.gather(
        *(call(share) for call, share in zip(calls, shares, strict=True))
    )
    budget.left = min(share.left for share in shares)
    return outcomes
