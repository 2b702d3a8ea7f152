"""Everything that remembers in one process, put together, begun and ended as one."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from cache.auditor import Auditor
from cache.belief import Belief
from cache.cached_jobs import CachedJobs
from cache.feed import Feed, boot_clock
from cache.freshness import Lifetimes
from cache.mending import Mending
from cache.near import Near
from cache.proof import NoProof
from cache.push import Push
from cache.recall import Outcome, Recall
from cache.shared import Shared
from cache.single_flight import SingleFlight
from cache.stats import CacheStats, NearState
from cache.tier import Cache
from jobs import ChangeLog, JobStore

_log = logging.getLogger("tally.cache")

_AGAIN_SECONDS: Final = 1.0
_LOAD_SECONDS: Final = 6.0
"""For one look-up with everything it does; the database's own limits are shorter."""


@dataclass(frozen=True, kw_only=True)
class NearKnobs:
    """How much the near tier may hold. No entries: there is none."""

    entries: int = 10_000
    size: int = 64 * 2**20
    """Bytes."""


class Memory:
    """A store with all its memory: `store` is the face that others use.

    With a change log it has a near tier, which follows that log. Without one (in a worker, or with
    the cache switched off) it remembers no documents here.
    """

    def __init__(
        self,
        store: JobStore,
        cache: Cache,
        stats: CacheStats,
        *,
        changes: ChangeLog | None = None,
        near: NearKnobs = NearKnobs(),
        lifetimes: Lifetimes = Lifetimes(),  # noqa: B008 - frozen
        audit_share: float = 0.0,
        clock: Callable[[], float] = boot_clock,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """`audit_share`: of the answers given from memory, 0 to 1."""
        self._cache = cache
        follows = changes if near.entries else None
        self.near = Near(
            entries=near.entries if follows else 0,
            size=near.size,
            negative_seconds=lifetimes.negative,
            clock=clock,
        )
        self._shared = Shared(cache, lifetimes, stats)
        self._flights: SingleFlight[Outcome] = SingleFlight(seconds=_LOAD_SECONDS)
        self.mending = Mending(self._shared, stats, clock=clock, wall=wall)
        self.feed = self._follow(follows, clock) if follows else None
        proof = self.feed or NoProof()
        told = self.mending.announced
        self.push = Push(cache, self._shared, self.near, told, clock=clock, wall=wall)
        belief = Belief(self.near, proof, lifetimes, clock=clock, wall=wall)
        recall = Recall(
            store, self._shared, self.near, belief, proof, stats, clock=clock, wall=wall
        )
        self.auditor = Auditor(store, lifetimes, stats.audited, share=audit_share, wall=wall)
        self.store = CachedJobs(
            store,
            recall,
            belief,
            self._shared,
            self.near,
            self._flights,
            stats,
            served=self.auditor.served,
            clock=clock,
            wall=wall,
        )
        self._tasks: set[asyncio.Task[None]] = set()
        stats.watch_near(self._near_state)

    def _follow(self, changes: ChangeLog, clock: Callable[[], float]) -> Feed:
        mending = self.mending
        return Feed(changes, self.near, mending.changed, mending.forget, clock=clock)

    async def start(self) -> None:
        """Begin. Waits for neither Redis nor database longer than a moment."""
        await self._cache.start()
        chores = [self.auditor.run]
        if self.feed:
            chores += [self.feed.run, self.push.run, self.mending.run]
        self._tasks = {asyncio.create_task(tend(chore)) for chore in chores}

    async def stop(self) -> None:
        """End everything begun."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._flights.stop()
        await self._cache.stop()

    def _near_state(self) -> NearState | None:
        """How the near tier of this process is now, for the statistics."""
        if not self.feed:
            return None
        return NearState(
            proven=self.feed.proven,
            age=self.feed.age,
            push=self.push.alive,
            to_mend=len(self.mending),
            entries=self.near.entries,
            size=self.near.size,
        )


async def tend(chore: Callable[[], Awaitable[None]]) -> None:
    """Begin it again should it ever break off: that is a bug, and must not be a silent one."""
    while True:
        try:
            await chore()
        except Exception:
            _log.exception("cache: %s broke off; beginning again.", chore)
        await asyncio.sleep(_AGAIN_SECONDS)
