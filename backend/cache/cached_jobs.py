"""A `JobStore` with a memory: the same face, the same answers, and polls that cost next to nothing.

Truth first, memory second: every change is committed before it is remembered, and whatever the
cache does, the caller gets what the store gives. Knows no Redis.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from cache.floor_reads import FloorReads
from cache.near import Near
from cache.recall import Recall, Recalled
from cache.shared import Shared
from cache.single_flight import Overdue, SingleFlight
from cache.stats import CacheStats
from jobs import (
    Answer,
    Change,
    Document,
    Event,
    Job,
    JobStore,
    Page,
    PageQuery,
    StoreUnavailable,
    is_job_id,
)

_PATIENCE_SECONDS: Final = 0.3
"""For the database where its last word is remembered, but not proven any more."""


class CachedJobs:
    """Answers polls from memory while that is proven or allowed; everything else is the store's.

    See README.md in this folder for what each tier promises.
    """

    def __init__(
        self,
        store: JobStore,
        recall: Recall,
        shared: Shared,
        near: Near,
        flights: SingleFlight[Recalled],
        stats: CacheStats,
        *,
        served: Callable[[Answer], None],
        clock: Callable[[], float],
        wall: Callable[[], float] = time.time,
    ) -> None:
        """`served` is told of every answer that was given from memory."""
        self._store = store
        self._recall = recall
        self._shared = shared
        self._near = near
        self._flights = flights
        self._floors = FloorReads(recall, flights, clock)
        self._stats = stats
        self._served = served
        self._clock = clock
        self._wall = wall

    async def create(self, job: Job) -> Document:
        epoch = self._near.epoch
        document = await self._store.create(job)
        await self._remember(document, epoch)
        return document

    async def advance(
        self, job_id: str, event: Event, *, now: float, owner: str | None = None
    ) -> Change:
        epoch = self._near.epoch
        change = await self._store.advance(job_id, event, now=now, owner=owner)
        await self._remember(change.document, epoch)
        return change

    async def get(self, job_id: str, *, owner: str | None) -> Job:
        return await self._store.get(job_id, owner=owner)

    async def page(self, query: PageQuery) -> Page:
        return await self._store.page(query)

    async def status(self, job_id: str, *, owner: str | None, floor: int = 0) -> Answer:
        answer = self._recall.at_hand(job_id)
        if answer is None or behind(answer, owner, floor):
            if not is_job_id(job_id):
                return await self._store.status(job_id, owner=owner)
            answer = await self._beyond(job_id, owner, floor, answer)
        if answer.hit:
            self._stats.hit(answer.detail)
        else:
            self._stats.missed("outage" if answer.stale else answer.forward)
        if answer.hit or answer.stale:
            self._served(answer)
        return _seen_by(owner, answer)

    async def _beyond(
        self, job_id: str, owner: str | None, floor: int, near: Answer | None
    ) -> Answer:
        """An answer that is not at hand: shared by all who want it now, but for a higher floor."""
        try:
            answer = await self._newest(job_id, owner, floor, near)
            if answer.stale and behind(answer, owner, floor):
                raise StoreUnavailable  # rather no answer than a step back
        except Overdue as error:
            self._stats.missed("error")
            raise StoreUnavailable("The database did not answer in time.") from error
        except StoreUnavailable:
            self._stats.missed("error")
            raise
        return answer

    async def _newest(
        self, job_id: str, owner: str | None, floor: int, near: Answer | None
    ) -> Answer:
        arrived = self._clock()
        if near is None:
            recalled = await self._look_up(job_id)
            if recalled.asked_at >= arrived:
                return recalled.answer  # there is no newer one
            known = self._near.known(job_id)  # more, perhaps, than when the look-up began
            if not behind(recalled.answer, owner, max(floor, known)):
                return recalled.answer
        return (await self._floors.read(job_id)).answer

    async def _look_up(self, job_id: str) -> Recalled:
        """Shared by all who want it now. Who could be given something old does not wait long."""
        stale = self._recall.stale(job_id)
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS if stale else None):
                return await self._flights.do(job_id, partial(self._recall.anywhere, job_id))
        except (TimeoutError, Overdue):
            if stale is None:
                raise
            return Recalled(stale)

    async def _remember(self, document: Document, epoch: int) -> None:
        """Let a committed change be seen here at once, and by the others soon."""
        said_at = self._wall()
        self._near.keep(document, self._clock(), epoch)
        self._flights.forget(document.id)
        await self._shared.put(document, said_at, self._shared.budget())


def behind(answer: Answer, owner: str | None, floor: int) -> bool:
    """Whether somebody who has seen the version `floor` must not be given this. Pure.

    No floor, real or made up, tells anything about another owner's job.
    """
    document = answer.document
    if document is None:
        return floor > 0
    return document.version < floor and owner in (None, document.owner)


def _seen_by(owner: str | None, answer: Answer) -> Answer:
    """Another owner's job is answered like one that does not exist."""
    if answer.document is None or owner in (None, answer.document.owner):
        return answer
    return replace(answer, document=None)
