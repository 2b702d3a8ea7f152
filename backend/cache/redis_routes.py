"""Sends each key's command to the server that holds the key, and after it once if it has moved.

Whatever else has changed costs the request a miss, and wakes whoever finds out.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, TypeAlias, TypeVar

from cache.redis_commands import Value
from cache.redis_fleet import Fleet
from cache.redis_node import RedisNode
from cache.redis_target import Node
from cache.redis_trouble import Redirect
from cache.stats import CacheStats
from cache.tier import Budget, Found, PutOutcome, Trouble

T = TypeVar("T")
Groups = defaultdict[tuple[RedisNode | None, bool], list[str]]
"""Keys by whom to ask, None where nobody is known; and whether `asking`."""
Told: TypeAlias = dict[str, Value | Trouble]

_MOVED: Final = frozenset(
    {Trouble.CONNECTION, Trouble.READONLY, Trouble.MASTERDOWN, Trouble.LOADING, Trouble.CLUSTER}
)
"""What may mean that another server is the primary now."""


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
        node = self._holder(key, newest=newest)
        if node is None:
            return Trouble.AWAY
        found = await node.get(key, budget)
        if isinstance(found, Redirect) and (other := self._named(found, node)):
            found = await other.get(key, budget, asking=found.asking)
        return self._outcome(found)

    async def put(self, key: str, value: bytes, budget: Budget, *, seconds: float) -> PutOutcome:
        node = self._holder(key, newest=True)
        if node is None:
            return Trouble.AWAY
        put = await node.put(key, value, budget, seconds=seconds)
        if isinstance(put, Redirect) and (other := self._named(put, node)):
            put = await other.put(key, value, budget, seconds=seconds, asking=put.asking)
        return self._outcome(put)

    async def get_many(
        self, keys: Sequence[str], budget: Budget, *, newest: bool
    ) -> Sequence[Found]:
        """One round trip to each server, all at the same time; and one more for what has moved."""
        groups = Groups(list)
        for key in dict.fromkeys(keys):
            groups[self._holder(key, newest=newest), False].append(key)
        told = await _told(groups, budget)
        if moved := self._moved(groups, told):
            told |= await _told(moved, budget)
        values = [told[key] for key in keys]
        return [it if isinstance(it, bytes) else self._outcome(it) for it in values]

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

    def _moved(self, groups: Groups, told: Told) -> Groups:
        moved = Groups(list)
        for (node, _), keys in groups.items():
            for key in keys:
                value = told[key]
                if isinstance(value, Redirect) and node and (other := self._named(value, node)):
                    moved[other, value.asking].append(key)
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


async def _told(groups: Groups, budget: Budget) -> Told:
    """What was said of each key: all asked at the same time."""
    many = await _side_by_side(
        [partial(_answers, node, asking, keys) for (node, asking), keys in groups.items()], budget
    )
    told: Told = {}
    for keys, answers in zip(groups.values(), many, strict=True):
        told.update(zip(keys, answers, strict=True))
    return told


async def _answers(
    node: RedisNode | None, asking: bool, keys: Sequence[str], budget: Budget
) -> Sequence[Value | Trouble]:
    """One for each key."""
    told = await node.get_many(keys, budget, asking=asking) if node else Trouble.AWAY
    return [told] * len(keys) if isinstance(told, Trouble) else told


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
