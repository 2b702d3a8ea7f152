"""A `JobStore` with a memory: the same face, the same answers, and polls that cost next to nothing.

Truth first, memory second: every change is committed before it is remembered, and whatever the
cache does, the caller gets what the store gives. Knows no Redis.
"""

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

from cache.belief import Belief, behind, seen_by
from cache.look_ups import LookUps
from cache.near import Near
from cache.recall import Outcome, Recall
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

Tell: TypeAlias = Callable[[Answer | None], None]


class CachedJobs:
    """Answers polls from memory while that is proven or allowed; everything else is the store's.

    See README.md in this folder for what each tier promises.
    """

    def __init__(
        self,
        store: JobStore,
        recall: Recall,
        belief: Belief,
        shared: Shared,
        near: Near,
        flights: SingleFlight[Outcome],
        stats: CacheStats,
        *,
        served: Callable[[Answer], None],
        clock: Callable[[], float],
        wall: Callable[[], float] = time.time,
    ) -> None:
        """`served` is told of every answer that was given from memory."""
        self._store = store
        self._belief = belief
        self._recall = recall
        self._look_ups = LookUps(recall, belief, near, flights, clock=clock)
        self._shared = shared
        self._near = near
        self._flights = flights
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
        answer = self._belief.at_hand(job_id)
        if answer is None or behind(answer, owner, floor):
            if not is_job_id(job_id):
                return await self._store.status(job_id, owner=owner)
            answer = (await self._look_up({job_id: floor}, owner))[job_id]
        return self._polled(answer, owner)

    def at_hand(self, job_id: str, floor: int, owner: str) -> Answer | None:
        """What `status` would answer at once, a near hit, counted like it; None, and nothing
        counted, where it would have to look anything up, or there is no document to be shown.
        """
        answer = self._belief.at_hand(job_id)
        return self._shown(owner, floor, answer) if answer else None

    def ask_soon(self, job_id: str, floor: int, owner: str, *, tell: Tell) -> bool:
        """As `at_hand`, but of Redis, where the near tier knows nothing: whether that is asked.

        If so, `tell` is called in a later turn of the loop, once, within the budget for Redis, also
        if nobody cares any more. Never asks the database, and costs no task of its own.
        """
        if self._belief.at_hand(job_id) is not None:
            return False
        return self._recall.ask_redis(job_id, partial(self._shown, owner, floor), tell)

    def _shown(self, owner: str, floor: int, answer: Answer) -> Answer | None:
        """The answer, counted, if it may be shown to that owner, who has seen the version `floor`.
        What only the ordinary way can put into words is not shown."""
        document = answer.document
        if document is None or document.version < floor or document.owner != owner or document.gone:
            return None
        self._stats.hit(answer.detail)
        self._served(answer)
        return answer

    async def statuses(
        self, wanted: Mapping[str, int], *, owner: str | None
    ) -> Mapping[str, Answer]:
        polls = {job_id: floor for job_id, floor in wanted.items() if is_job_id(job_id)}
        strange = {job_id: 0 for job_id in wanted if job_id not in polls}
        answers = {**await self._store.statuses(strange, owner=owner)} if strange else {}
        for job_id, answer in (await self._look_up(polls, owner)).items():
            answers[job_id] = self._polled(answer, owner)
        return {job_id: answers[job_id] for job_id in wanted}

    async def _look_up(self, wanted: Mapping[str, int], owner: str | None) -> dict[str, Answer]:
        try:
            return await self._look_ups.answers(wanted, owner)
        except Overdue as error:
            self._failed(wanted)
            raise StoreUnavailable("The database did not answer in time.") from error
        except StoreUnavailable:
            self._failed(wanted)
            raise

    def _failed(self, wanted: Mapping[str, int]) -> None:
        for _ in wanted:
            self._stats.missed("error")

    def _polled(self, answer: Answer, owner: str | None) -> Answer:
        """The answer as it is given to that owner, and counted."""
        if answer.hit:
            self._stats.hit(answer.detail)
        else:
            self._stats.missed("outage" if answer.stale else answer.forward)
        if answer.hit or answer.stale:
            self._served(answer)
        return seen_by(owner, answer)

    async def _remember(self, document: Document, epoch: int) -> None:
        """Let a committed change be seen here at once, and by the others soon."""
        said_at = self._wall()
        self._near.keep(document, self._clock(), epoch)
        self._flights.forget(document.id)
        await self._shared.put(document, said_at, self._shared.budget())
