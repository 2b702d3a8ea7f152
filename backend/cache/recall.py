"""Finds a job's document for all who ask for it at once: in Redis, else in the database.

Answers are whosever the job is: ownership is checked for each caller, by whoever calls this.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from cache.entry import Entry
from cache.feed import boot_clock
from cache.freshness import Lifetimes, age, expired, trusted
from cache.near import Held, Near
from cache.outage import Outage
from cache.proof import Proof
from cache.shared import Shared
from cache.stats import CacheStats, Forward
from cache.tier import Budget, Trouble
from jobs import Answer, Document, JobStore, StoreUnavailable


@dataclass(frozen=True)
class Recalled:
    """An answer, and when the database was asked for it; -inf if it was not."""

    answer: Answer
    asked_at: float = float("-inf")


class Recall:
    """Looks a document up and leaves what it found in every tier before it."""

    def __init__(
        self,
        store: JobStore,
        shared: Shared,
        near: Near,
        proof: Proof,
        stats: CacheStats,
        lifetimes: Lifetimes,
        *,
        clock: Callable[[], float] = boot_clock,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._shared = shared
        self._near = near
        self._proof = proof
        self._stats = stats
        self._lifetimes = lifetimes
        self._outage = Outage()
        self._clock = clock
        self._wall = wall

    def at_hand(self, job_id: str) -> Answer | None:
        """A near answer, if one is there and the feed proves it."""
        if not self._proof.proven:
            return None
        held = self._near.get(job_id)
        if held is not None:
            return self._near_answer(held)
        if self._near.denied(job_id):
            return Answer(document=None, hit=True, detail="near")
        return None

    async def anywhere(self, job_id: str) -> Recalled:
        """From Redis, if what is there may be given out, else from the database.

        Raises StoreUnavailable where nothing that is remembered may stand in for it.
        """
        budget = self._shared.budget()
        found = await self._shared.get(job_id, budget)
        now = self._clock()
        outage = self._outage.likely(now, failing=self._proof.failing)
        if outage and not self._outage.may_try(now) and (stale := self.stale(job_id, found)):
            return Recalled(stale)  # asking the database would only take long
        if isinstance(found, Entry) and not outage and self._may_answer(found):
            if self._near.known(job_id):
                self._near.keep(found.document, self._proof.proven_at, self._near.epoch)
            else:
                self._near.give(job_id, found.document.version)
            return Recalled(self._shared_answer(found))
        return await self._ask(job_id, found, budget)

    async def database(self, job_id: str) -> Recalled:
        """From the database, for somebody who has seen newer than what is remembered."""
        return await self._ask(job_id, None, self._shared.budget(), forward="stale")

    async def _ask(
        self,
        job_id: str,
        found: Entry | Trouble | None,
        budget: Budget,
        forward: Forward | None = None,
    ) -> Recalled:
        epoch, asked_at, said_at = self._near.epoch, self._clock(), self._wall()
        self._outage.asks(asked_at)
        try:
            answer = await self._store.status(job_id, owner=None)
        except StoreUnavailable:
            if stale := self.stale(job_id, found):
                return Recalled(stale)
            raise
        self._outage.answered(self._clock())
        self._stats.read()
        answer = replace(answer, forward=forward or _why(found))
        if answer.document is None:
            self._near.deny(job_id, epoch)
            return Recalled(answer, asked_at)
        self._near.keep(answer.document, asked_at, epoch)
        if isinstance(found, Trouble):
            return Recalled(replace(answer, detail=self._shared.why_not(found)), asked_at)
        return Recalled(await self._fill(answer, answer.document, said_at, budget), asked_at)

    async def _fill(
        self, answer: Answer, document: Document, said_at: float, budget: Budget
    ) -> Answer:
        """Put what the database said into Redis; if that proves it to be the past, answer newer."""
        outcome = await self._shared.put(document, said_at, budget)
        if not isinstance(outcome, Entry):
            return replace(answer, stored=outcome is True)
        if self._proof.proven:
            return await self._decided(answer, outcome)
        if expired(outcome, self._wall(), self._lifetimes):
            return answer
        self._near.give(outcome.document.id, outcome.document.version)
        return replace(self._shared_answer(outcome), hit=False, forward=answer.forward)

    async def _decided(self, answer: Answer, newer: Entry) -> Answer:
        """Which is it, the past that this reader brings, or a future that only Redis has?

        A version is put there after it is committed: if the database, asked now, does not have it,
        it was restored, and what Redis has is of a history that never was.
        """
        epoch, asked_at = self._near.epoch, self._clock()
        again = await self._store.status(newer.document.id, owner=None)
        self._stats.read()
        if again.document is None:
            return answer
        self._near.keep(again.document, asked_at, epoch)
        if again.document.version < newer.document.version:
            self._stats.rejected("future")
        return replace(answer, document=again.document)

    def _may_answer(self, entry: Entry) -> bool:
        version, known = entry.document.version, self._near.known(entry.document.id)
        proven = self._proof.proven
        if version < self._near.given(entry.document.id):
            return False  # lost in Redis since, and an older one put there late
        fresh = proven or not expired(entry, self._wall(), self._lifetimes)
        return fresh and trusted(version, known=known, proven=proven)

    def stale(self, job_id: str, found: Entry | Trouble | None = None) -> Answer | None:
        """The newest that is remembered and not too old, for when the database cannot be asked."""
        held = self._near.get(job_id)
        candidates = [self._near_answer(held)] if held else []
        floor = max(self._near.known(job_id), self._near.given(job_id))
        if isinstance(found, Entry) and found.document.version >= floor:
            candidates.append(self._shared_answer(found))
        usable = [answer for answer in candidates if answer.ttl]
        if not usable:
            return None
        return replace(max(usable, key=_version), hit=False, forward="stale", stale=True)

    def _near_answer(self, held: Held) -> Answer:
        past = max(0.0, self._clock() - max(held.said_at, self._proof.proven_at))
        left = max(0.0, self._lifetimes.of(held.document) - past)
        return Answer(document=held.document, hit=True, detail="near", age=past, ttl=left)

    def _shared_answer(self, entry: Entry) -> Answer:
        past = age(entry, self._wall())
        if self._proof.proven:
            past = min(past, max(0.0, self._clock() - self._proof.proven_at))
        left = max(0.0, self._lifetimes.of(entry.document) - past)
        return Answer(document=entry.document, hit=True, detail="redis", age=past, ttl=left)


def _version(answer: Answer) -> int:
    return answer.document.version if answer.document else 0


def _why(found: Entry | Trouble | None) -> Forward:
    if isinstance(found, Trouble):
        return "bypass"
    return "miss" if found is None else "stale"
