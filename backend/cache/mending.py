"""Mends Redis where a writer died, or Redis was away, between commit and cache. No I/O of its own.

The feed tells every change; Redis announces what it is given. What is told and not announced soon
after is put there. Of many processes one is first; its put is announced, so the others need not.
"""

import asyncio
import random
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from cache.near import Near
from cache.shared import Shared
from cache.stats import CacheStats
from cache.tier import Budget, Trouble
from jobs import Document

_PATIENCE_SECONDS: Final = (0.2, 0.4)
"""How long a writer is given for its own put; drawn anew, so that one process is first."""
_BEAT_SECONDS: Final = 0.05
_PUT_SECONDS: Final = 1.0
"""For one put: nobody waits for it."""
_AT_ONCE: Final = 5
"""Puts at a time: after a long outage the requests need the connections, too."""
_MOST: Final = 10_000
"""Jobs that wait to be mended. Of what is dropped Redis keeps the past, until it expires there;
processes whose feed runs do not believe it."""


class Mending:
    """Remembers what Redis should have by now, and puts it there."""

    def __init__(
        self,
        shared: Shared,
        near: Near,
        stats: CacheStats,
        *,
        clock: Callable[[], float],
        wall: Callable[[], float],
    ) -> None:
        self._shared = shared
        self._near = near
        self._stats = stats
        self._clock = clock
        self._wall = wall
        self._due: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._announced: OrderedDict[str, int] = OrderedDict()

    def changed(self, document: Document) -> None:
        """The database has this version."""
        if self._shared.state.health == "off":
            return  # there will be nothing to mend
        if self._announced.get(document.id, 0) >= document.version:
            return
        at = self._clock() + random.uniform(*_PATIENCE_SECONDS)
        if document.id in self._due:
            at = self._due[document.id][0]  # one that changes all the time is mended, too
        self._due[document.id] = (at, document.version)
        if len(self._due) > _MOST:
            self._due.popitem(last=False)

    def announced(self, document: Document) -> None:
        """Redis has this version."""
        self._announced[document.id] = max(document.version, self._announced.pop(document.id, 0))
        if len(self._announced) > _MOST:
            self._announced.popitem(last=False)
        if document.id in self._due and self._due[document.id][1] <= document.version:
            del self._due[document.id]

    def __len__(self) -> int:
        """How many jobs wait to be mended."""
        return len(self._due)

    async def run(self) -> None:
        """Mend until cancelled."""
        while True:
            await asyncio.sleep(_BEAT_SECONDS)
            if self._due:
                await self.mend()

    async def mend(self) -> None:
        """Put what is due, a few at a time. What fails is tried again."""
        now = self._clock()
        due = [(job_id, version) for job_id, (at, version) in self._due.items() if at <= now]
        random.shuffle(due)  # so that processes do not all put the same at the same time
        for begin in range(0, len(due), _AT_ONCE):
            if not self._shared.state.enabled:
                return
            await asyncio.gather(*(self._put(*job) for job in due[begin : begin + _AT_ONCE]))

    async def _put(self, job_id: str, version: int) -> None:
        if job_id not in self._due:
            return  # announced since: of many processes each would put all that an outage left
        held = self._near.get(job_id)
        if held is None:  # not polled here; no process with a feed believes what Redis has of it
            self._done(job_id, version)
            return
        said_at = self._wall() - max(0.0, self._clock() - held.said_at)
        outcome = await self._shared.put(held.document, said_at, Budget(_PUT_SECONDS))
        if outcome is True:
            self._stats.mended()
        if not isinstance(outcome, Trouble):
            self._done(job_id, version)

    def _done(self, job_id: str, version: int) -> None:
        if job_id in self._due and self._due[job_id][1] <= version:
            del self._due[job_id]
