"""The shared tier: documents kept in Redis for all processes. Knows the entries' form, no Redis.

What is found there is only what somebody once wrote; whether it may be an answer is decided above.
"""

from cache.entry import Entry, Foreign, Unreadable, decode, encode, key, named
from cache.freshness import Lifetimes
from cache.stats import CacheStats
from cache.tier import Budget, Cache, Kept, Stored, TierState, Trouble
from jobs import Document, is_job_id


class Shared:
    """Documents in a cache: no method raises, whatever happens to the server."""

    def __init__(self, cache: Cache, lifetimes: Lifetimes, stats: CacheStats) -> None:
        self._cache = cache
        self._lifetimes = lifetimes
        self._stats = stats

    @property
    def state(self) -> TierState:
        return self._cache.state()

    def budget(self) -> Budget:
        return self._cache.budget()

    async def get(self, job_id: str, budget: Budget) -> Entry | Trouble | None:
        """What is kept of a job; a value that is broken or another job's counts as nothing."""
        if not is_job_id(job_id):
            return None
        raw = await self._cache.get(key(job_id), budget)
        return self._sound(decode(raw, job_id)) if isinstance(raw, bytes) else raw

    async def put(
        self, document: Document, said_at: float, budget: Budget
    ) -> Entry | Trouble | bool:
        """Offer a document, best effort: whether it is kept now, or the newer one that is.

        False: the same version is there already. `said_at`: when the database said so, in seconds
        since 1970.
        """
        if not is_job_id(document.id):
            return False
        value, seconds = encode(document, said_at), self._lifetimes.of(document)
        outcome = await self._cache.put(key(document.id), value, budget, seconds=seconds)
        if isinstance(outcome, Stored):
            self._stats.put("stored")
            return True
        if isinstance(outcome, Kept):
            self._stats.put("refused")
            newer = self._newer(outcome, document)
            return newer or False
        return outcome

    def announced(self, raw: bytes) -> Entry | None:
        """What an announced value says, of whichever job; None if it is no sound value."""
        return self._sound(decode(raw, named(raw)))

    def why_not(self, trouble: Trouble) -> str:
        """Why the tier was passed by, in a word."""
        if trouble is Trouble.AWAY:
            return self.state.detail
        return "redis-busy" if trouble is Trouble.BUSY else "redis-down"

    def _newer(self, kept: Kept, document: Document) -> Entry | None:
        """The newer value that came back with a refusal, if it is one of the same owner's job."""
        newer = self._sound(decode(kept.newer, document.id)) if kept.newer else None
        return newer if newer and newer.document.owner == document.owner else None

    def _sound(self, entry: Entry | Unreadable | Foreign) -> Entry | None:
        if isinstance(entry, Entry):
            return entry
        self._stats.rejected("foreign" if isinstance(entry, Foreign) else "unreadable")
        return None
