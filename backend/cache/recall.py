"""Finds the documents of jobs for all who ask for them at once: in Redis, else in the database.

Answers are whosever the job is: ownership is checked for each caller, by whoever calls this.
"""

import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from cache.belief import Belief
from cache.counted import Forward
from cache.entry import Entry
from cache.feed import boot_clock
from cache.near import Near
from cache.outage import Outage
from cache.proof import Proof
from cache.shared import Shared
from cache.shared_gets import Kept, SharedGets
from cache.stats import CacheStats
from cache.tier import Budget, Trouble
from jobs import Answer, JobStore, StoreUnavailable


@dataclass(frozen=True)
class Recalled:
    """An answer, and when the database was asked for it; -inf if it was not."""

    answer: Answer
    asked_at: float = float("-inf")


Outcome: TypeAlias = Recalled | StoreUnavailable
"""The error is a value: of jobs that are looked up together, each has an outcome of its own."""
Remembered: TypeAlias = Mapping[str, Kept]
"""What Redis said of each job."""
Show: TypeAlias = Callable[[Answer], Answer | None]
"""An answer as one caller may see it, or None."""


class Recall:
    """Looks documents up and leaves what it found in every tier before it."""

    def __init__(
        self,
        store: JobStore,
        shared: Shared,
        near: Near,
        belief: Belief,
        proof: Proof,
        stats: CacheStats,
        *,
        clock: Callable[[], float] = boot_clock,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._shared = shared
        self._near = near
        self._belief = belief
        self._proof = proof
        self._stats = stats
        self._outage = Outage()
        self._gets = SharedGets(shared, belief.floor)
        self._clock = clock
        self._wall = wall

    def budget(self) -> Budget:
        """What one request may spend on Redis, in all its look-ups together."""
        return self._shared.budget()

    async def anywhere(
        self, job_ids: Collection[str], budget: Budget
    ) -> AsyncIterator[dict[str, Outcome]]:
        """First what Redis has and may be given out; then the rest, by one question to the
        database. StoreUnavailable where nothing that is remembered may stand in for its answer.
        """
        found = await self._gets.get(job_ids, budget)
        yield (given := self._given(found))
        missing = {job_id: it for job_id, it in found.items() if job_id not in given}
        if missing:
            yield await self._ask(missing, budget)

    def ask_redis(self, job_id: str, show: Show, tell: Callable[[Answer | None], None]) -> bool:
        """Whether Redis is asked. If so, `tell` is called in a later turn of the loop, once, with
        what `show` makes of what Redis has, if that may be given out and the database seems well;
        else with None."""
        if self._proof.failing:
            return False

        def judge(kept: Kept) -> Answer | None:
            answer = self._belief.shared(kept)
            return show(answer) if answer else None

        return self._gets.ask(job_id, judge, tell)

    async def database(self, job_ids: Collection[str], budget: Budget) -> dict[str, Outcome]:
        """From the database, for somebody who has seen newer than what is remembered."""
        return await self._ask(dict.fromkeys(job_ids), budget, forward="stale")

    def _given(self, found: Remembered) -> dict[str, Outcome]:
        """What is answered without the database."""
        now = self._clock()
        if not self._outage.likely(now, failing=self._proof.failing):
            answers = {job_id: self._belief.shared(it) for job_id, it in found.items()}
        elif self._outage.may_try(now):
            return {}
        else:  # asking the database would only take long
            answers = {job_id: self._belief.stale(job_id, it) for job_id, it in found.items()}
        return {job_id: Recalled(answer) for job_id, answer in answers.items() if answer}

    async def _ask(
        self, found: Remembered, budget: Budget, forward: Forward | None = None
    ) -> dict[str, Outcome]:
        epoch, asked_at, said_at = self._near.epoch, self._clock(), self._wall()
        self._outage.asks(asked_at)
        try:
            said = await self._read(found)
        except StoreUnavailable as error:
            return {job_id: self._instead(job_id, it, error) for job_id, it in found.items()}
        self._outage.answered(self._clock())
        answers = {}
        for job_id, answer in said.items():
            if answer.document is None:
                self._near.deny(job_id, epoch)
            else:
                self._near.keep(answer.document, asked_at, epoch)
            answers[job_id] = self._told(answer, found[job_id], forward)
        fill = [job_id for job_id in said if not isinstance(found[job_id], Trouble)]
        answers |= await self._fill({job_id: answers[job_id] for job_id in fill}, said_at, budget)
        return {job_id: Recalled(answer, asked_at) for job_id, answer in answers.items()}

    async def _read(self, job_ids: Collection[str]) -> Mapping[str, Answer]:
        """What the database says, asked once."""
        if len(job_ids) == 1:
            (job_id,) = job_ids
            said: Mapping[str, Answer] = {job_id: await self._store.status(job_id, owner=None)}
        else:
            said = await self._store.statuses(dict.fromkeys(job_ids, 0), owner=None)
        self._stats.read()
        return said

    def _instead(self, job_id: str, found: Kept, error: StoreUnavailable) -> Outcome:
        stale = self._belief.stale(job_id, found)
        return Recalled(stale) if stale else error

    def _told(self, answer: Answer, found: Kept, forward: Forward | None) -> Answer:
        if answer.document is not None and isinstance(found, Trouble):
            answer = replace(answer, detail=self._shared.why_not(found))
        return replace(answer, forward=forward or _why(found))

    async def _fill(
        self, answers: Mapping[str, Answer], said_at: float, budget: Budget
    ) -> dict[str, Answer]:
        """Put what the database said into Redis; where that proves it the past, answer newer."""
        documents = [answer.document for answer in answers.values() if answer.document]
        outcomes = await self._shared.put_many([(it, said_at) for it in documents], budget)
        filled = dict(answers)
        newer: dict[str, Entry] = {}
        for job_id, outcome in outcomes.items():
            if not isinstance(outcome, Entry):
                filled[job_id] = replace(answers[job_id], stored=outcome is True)
            elif self._proof.proven:
                newer[job_id] = outcome
            else:
                filled[job_id] = self._belief.newer(answers[job_id], outcome)
        return filled | (await self._decided(answers, newer) if newer else {})

    async def _decided(
        self, answers: Mapping[str, Answer], newer: Mapping[str, Entry]
    ) -> dict[str, Answer]:
        """Which is it, the past that this reader brings, or a future that only Redis has?

        A version is put there after it is committed: if the database, asked now, does not have it,
        it was restored, and what Redis has is of a history that never was.
        """
        epoch, asked_at = self._near.epoch, self._clock()
        again = await self._read(newer)
        decided = {job_id: answers[job_id] for job_id in newer}
        for job_id, answer in again.items():
            if answer.document is None:
                continue
            self._near.keep(answer.document, asked_at, epoch)
            if answer.document.version < newer[job_id].document.version:
                self._stats.rejected("future")
            decided[job_id] = replace(answers[job_id], document=answer.document)
        return decided


def _why(found: Kept) -> Forward:
    if isinstance(found, Trouble):
        return "bypass"
    return "miss" if found is None else "stale"
