"""Offers single values to the cache, those of one turn of the loop together. Judges nothing."""

import asyncio
import time
from collections.abc import Collection, Mapping
from typing import Final

from cache.coalescer import Coalescer, resolve
from cache.tier import Budget, Cache, Put, PutOutcome, Trouble

_ENOUGH_TO_TRAVEL: Final = 0.5
"""The share of a budget below which a put goes alone, if at all: with others it would be given
up too soon."""


class SharedPuts:
    """Puts into a cache; does not raise. For one event loop."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._puts: Coalescer[Put, PutOutcome] = Coalescer(self._together, lost=Trouble.OTHER)

    async def put(self, put: Put, budget: Budget) -> PutOutcome:
        """It travels with others, and is told TIMEOUT, uncounted, when its own budget is over.

        Not if most of that is spent: it may not be worth beginning. Nor with more patience than a
        request has: nobody else must wait for so long.
        """
        whole, shard = self._cache.budget().left, self._cache.shard(put.key)
        if shard is None or not _ENOUGH_TO_TRAVEL * whole <= budget.left <= whole:
            return (await self._cache.put_many((put,), budget))[0]
        began = time.monotonic()
        told = self._puts.ask(shard, put)
        if budget.left < whole:
            asyncio.get_running_loop().call_later(budget.left, resolve, told, Trouble.TIMEOUT)
        try:
            return await told
        finally:
            budget.spend(time.monotonic() - began)

    async def _together(self, puts: Collection[Put], waited: float) -> Mapping[Put, PutOutcome]:
        budget = self._cache.budget()
        budget.spend(waited)
        outcomes = await self._cache.put_many((*puts,), budget)
        return dict(zip(puts, outcomes, strict=True))
