"""A `JobStore` with a memory: the same face, the same answers, and polls that cost next to nothing.

Truth first, memory second: every change is committed before it is remembered, and whatever the
cache does, the caller gets what the store gives. Knows no Redis.
"""

import time
from collections.abc import Callable
from dataclasses import replace

from cache.entry import Entry, Foreign, decode, encode, key
from cache.freshness import Worth, age, expired, remaining, worth
from cache.stats import CacheStats, Forward
from cache.tier import Budget, Cache, Kept, Stored, Trouble
from jobs import Answer, Change, Document, Event, Job, JobStore, Page, PageQuery, is_job_id


class CachedJobs:
    """Answers polls from the cache while it can; everything else is the store's.

    No answer is older than the TTL, counted from when the database said so. Not promised yet:
    that a value whose write to the cache was lost is noticed before that, except by a client that
    brings a floor. See README.md in this folder.
    """

    def __init__(
        self,
        store: JobStore,
        cache: Cache,
        stats: CacheStats,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._cache = cache
        self._stats = stats
        self._clock = clock

    async def create(self, job: Job) -> Document:
        document = await self._store.create(job)
        await self._remember(document, self._clock(), self._cache.budget())
        return document

    async def advance(
        self, job_id: str, event: Event, *, now: float, owner: str | None = None
    ) -> Change:
        change = await self._store.advance(job_id, event, now=now, owner=owner)
        await self._remember(change.document, self._clock(), self._cache.budget())
        return change

    async def get(self, job_id: str, *, owner: str | None) -> Job:
        return await self._store.get(job_id, owner=owner)

    async def page(self, query: PageQuery) -> Page:
        return await self._store.page(query)

    async def status(self, job_id: str, *, owner: str, floor: int = 0) -> Answer:
        budget = self._cache.budget()
        found = await self._recall(job_id, budget)
        if isinstance(found, Entry):
            now, ttl = self._clock(), self._cache.state().ttl_seconds
            value = worth(found, owner=owner, floor=floor, now=now, ttl=ttl)
            if value in (Worth.FRESH, Worth.HIDDEN):
                self._stats.hit()
                return self._answer(found, now, hidden=value is Worth.HIDDEN)
        why = _why(found)
        self._stats.missed(why)
        asked_at = self._clock()
        answer = await self._store.status(job_id, owner=owner, floor=floor)
        if isinstance(found, Trouble):
            return replace(answer, forward=why, detail=self._detail(found))
        return await self._fill(replace(answer, forward=why), asked_at, budget)

    async def _recall(self, job_id: str, budget: Budget) -> Entry | Trouble | None:
        """What the cache knows; a value that is broken or another job's counts as nothing."""
        if not is_job_id(job_id):
            return None
        raw = await self._cache.get(key(job_id), budget)
        return self._read(raw, job_id) if isinstance(raw, bytes) else raw

    def _read(self, raw: bytes, job_id: str) -> Entry | None:
        entry = decode(raw, job_id)
        if isinstance(entry, Entry):
            return entry
        self._stats.rejected("foreign" if isinstance(entry, Foreign) else "unreadable")
        return None

    async def _fill(self, answer: Answer, asked_at: float, budget: Budget) -> Answer:
        """Remember what the database said, unless the cache proves that it is already the past.

        Then the answer is the newer one, which came back with the refusal: a slow reader must not
        give out an old version, and needs no second question to avoid it.
        """
        if answer.document is None:
            return answer
        outcome = await self._remember(answer.document, asked_at, budget)
        if isinstance(outcome, bool):
            return replace(answer, stored=outcome)
        now = self._clock()
        if expired(outcome, now, self._cache.state().ttl_seconds):
            return answer
        return replace(self._answer(outcome, now), hit=False, forward=answer.forward)

    async def _remember(self, document: Document, said_at: float, budget: Budget) -> Entry | bool:
        """Offer the cache a document, best effort: whether it is stored, or the newer one there."""
        if not is_job_id(document.id):
            return False
        outcome = await self._cache.put(key(document.id), encode(document, said_at), budget)
        if isinstance(outcome, Stored):
            self._stats.put("stored")
            return True
        if isinstance(outcome, Kept):
            self._stats.put("refused")
            newer = self._read(outcome.newer, document.id) if outcome.newer else None
            return newer if newer and newer.document.owner == document.owner else False
        return False

    def _answer(self, entry: Entry, now: float, *, hidden: bool = False) -> Answer:
        state = self._cache.state()
        return Answer(
            document=None if hidden else entry.document,
            hit=True,
            detail=state.detail,
            age=age(entry, now),
            ttl=remaining(entry, now, state.ttl_seconds),
        )

    def _detail(self, trouble: Trouble) -> str:
        """Why the cache was passed by, in a word."""
        if trouble is Trouble.AWAY:
            return self._cache.state().detail
        return "redis-busy" if trouble is Trouble.BUSY else "redis-down"


def _why(found: Entry | Trouble | None) -> Forward:
    if isinstance(found, Trouble):
        return "bypass"
    return "miss" if found is None else "stale"
