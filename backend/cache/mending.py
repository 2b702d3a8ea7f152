"""Mends Redis where a writer died, or Redis was away, between commit and cache. No I/O of its own.

The feed tells every change; Redis announces what it is given. What is told and not announced soon
after is put there. Of many processes one is first; its put is announced, so the others need not.
"""

import asyncio
import random
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cache.portions import MOST
from cache.shared import Outcome, Shared
from cache.stats import CacheStats
from cache.tier import Budget, Trouble
from jobs import Document

_PATIENCE_SECONDS: Final = (0.2, 0.4)
"""How long a writer is given for its own put; drawn anew, so that one process is first."""
_BEAT_SECONDS: Final = 0.05
_AGAIN_SECONDS: Final = 1.0
"""Until the next attempt, after one that failed."""
_PUT_SECONDS: Final = 1.0
"""For all that are put at once: nobody waits for them."""
_MOST: Final = 5_000
"""Jobs that wait to be mended. Of what is dropped Redis keeps the past, until it expires there;
processes whose feed runs do not believe it."""


@dataclass(frozen=True)
class _Due:
    document: Document
    at: float
    """When it is mended."""
    said_at: float
    """When the database said so, in seconds since 1970."""


class Mending:
    """Remembers what Redis should have by now, and puts it there."""

    def __init__(
        self,
        shared: Shared,
        stats: CacheStats,
        *,
        clock: Callable[[], float],
        wall: Callable[[], float],
    ) -> None:
        self._shared = shared
        self._stats = stats
        self._clock = clock
        self._wall = wall
        self._due: OrderedDict[str, _Due] = OrderedDict()
        self._announced: OrderedDict[str, int] = OrderedDict()
        self._any = asyncio.Event()

    def changed(self, document: Document, said_at: float) -> None:
        """The database has this version; `said_at`, by the clock, it was asked."""
        if self._shared.state.health == "off":
            return  # there will be nothing to mend
        if self._announced.get(document.id, 0) >= document.version:
            return
        at = self._clock() + random.uniform(*_PATIENCE_SECONDS)
        if document.id in self._due:
            at = self._due[document.id].at  # one that changes all the time is mended, too
        said_ago = max(0.0, self._clock() - said_at)
        self._due[document.id] = _Due(document, at, self._wall() - said_ago)
        self._any.set()
        if len(self._due) > _MOST:
            self._due.popitem(last=False)

    def announced(self, document: Document) -> None:
        """Redis has this version."""
        self._announced[document.id] = max(document.version, self._announced.pop(document.id, 0))
        if len(self._announced) > _MOST:
            self._announced.popitem(last=False)
        if document.id in self._due and self._due[document.id].document.version <= document.version:
            del self._due[document.id]

    def forget(self) -> None:
        """All that was told is void: the database was restored."""
        self._due.clear()
        self._announced.clear()

    def __len__(self) -> int:
        """How many jobs wait to be mended."""
        return len(self._due)

    async def run(self) -> None:
        """Mend until cancelled."""
        while True:
            await self._any.wait()
            self._any.clear()
            while self._due:
                await asyncio.sleep(_BEAT_SECONDS)
                await self.mend()

    async def mend(self) -> None:
        """Put what is due, a pipeline at a time: after a long outage the requests need the
        connections, too. What fails is tried again."""
        now = self._clock()
        due = [waiting for waiting in self._due.values() if waiting.at <= now]
        random.shuffle(due)  # so that processes do not all put the same at the same time
        for begin in range(0, len(due), MOST):
            if not self._shared.state.enabled:
                return
            await self._put([it for it in due[begin : begin + MOST] if self._waits(it)])

    def _waits(self, one: _Due) -> bool:
        """Else it is announced since: each process would put all that an outage left."""
        return self._due.get(one.document.id) is one

    async def _put(self, due: Sequence[_Due]) -> None:
        offers = [(one.document, one.said_at) for one in due]
        outcomes = await self._shared.put_many(offers, Budget(_PUT_SECONDS))
        for one in due:
            self._became(one, outcomes[one.document.id])

    def _became(self, one: _Due, outcome: Outcome) -> None:
        job_id = one.document.id
        if outcome is True:
            self._stats.mended()
        if not self._waits(one):
            return
        if isinstance(outcome, Trouble):  # the one server that holds it may be away for long
            self._due[job_id] = replace(one, at=self._clock() + _AGAIN_SECONDS)
        else:
            del self._due[job_id]
