"""The shared tier: documents kept in Redis for all processes. Knows the entries' form, no Redis.

What is found there is only what somebody once wrote; whether it may be an answer is decided above.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TypeAlias

from cache.decoded import Decoded
from cache.entry import Entry, Foreign, Unreadable, decode, encode, key, keys, named
from cache.freshness import Lifetimes
from cache.shared_puts import SharedPuts
from cache.stats import CacheStats
from cache.tier import Budget, Cache, Found, Kept, Put, PutOutcome, Stored, TierState, Trouble
from jobs import Document, is_job_id

Offer: TypeAlias = tuple[Document, float]
"""A document, and when the database said so, in seconds since 1970."""
Outcome: TypeAlias = Entry | Trouble | bool
"""Whether an offer is kept now, or the newer entry that is; False: the same version is there."""


class Shared:
    """Documents in a cache: no method raises, whatever happens to the server."""

    def __init__(self, cache: Cache, lifetimes: Lifetimes, stats: CacheStats) -> None:
        self._cache = cache
        self._lifetimes = lifetimes
        self._stats = stats
        self._decoded = Decoded()
        self._puts = SharedPuts(cache)
        self.lags = cache.state().reads == "replica"
        """Whether gets may meet a replica that lags; only then do floors matter here."""

    @property
    def state(self) -> TierState:
        return self._cache.state()

    def budget(self) -> Budget:
        return self._cache.budget()

    def shard(self, job_id: str) -> Hashable | None:
        """Which shard has the job; None: it is away, or that is no job id."""
        try:
            return self._cache.shard(key(job_id))
        except ValueError:
            return None

    async def get(
        self, wanted: Mapping[str, int], budget: Budget
    ) -> dict[str, Entry | Trouble | None]:
        """What is kept of each job; a value that is broken or another job's counts as nothing.

        `wanted`: the jobs' floors, 0 for none. A replica that has nothing, or less than the floor,
        may only lag: then the primary is asked, once, within the same budget.
        """
        found = await self._look(wanted, budget, newest=False)
        if not self.lags:
            return found
        lagging = [job_id for job_id, floor in wanted.items() if _may_lag(found[job_id], floor)]
        if lagging:
            newest = await self._look(lagging, budget, newest=True)
            found |= {job_id: self._newer(found[job_id], newest[job_id]) for job_id in lagging}
        return found

    async def _look(
        self, job_ids: Collection[str], budget: Budget, *, newest: bool
    ) -> dict[str, Entry | Trouble | None]:
        wanted = keys(job_ids)
        raws: Sequence[Found] = ()
        if len(wanted) == 1:  # a single poll: nothing to group by servers
            (one,) = wanted.values()
            raws = (await self._cache.get(one, budget, newest=newest),)
        elif wanted:
            raws = await self._cache.get_many([*wanted.values()], budget, newest=newest)
        found: dict[str, Entry | Trouble | None] = dict.fromkeys(job_ids)
        entry_of = self._decoded.decode
        for job_id, raw in zip(wanted, raws, strict=True):
            found[job_id] = self._sound(entry_of(raw, job_id)) if isinstance(raw, bytes) else raw
        return found

    def _newer(
        self, replicas: Entry | Trouble | None, primarys: Entry | Trouble | None
    ) -> Entry | Trouble | None:
        """Of a job, what the primary has, counted; where it has no more, the replica's stands."""
        if not isinstance(primarys, Entry):
            return replicas
        if not isinstance(replicas, Entry):
            self._stats.lagged("empty")
        elif replicas.document.version < primarys.document.version:
            self._stats.lagged("behind")
        else:
            return replicas
        return primarys

    async def put(self, document: Document, said_at: float, budget: Budget) -> Outcome:
        """Offer a document, best effort, with others that are offered just now."""
        if not is_job_id(document.id):
            return False
        outcome = await self._puts.put(self._put(document, said_at), budget)
        return self._became(document, outcome)

    async def put_many(self, offers: Sequence[Offer], budget: Budget) -> dict[str, Outcome]:
        """Offer documents of as many jobs, best effort, as long as the budget lasts: what `put`
        says of each. One alone travels with others'."""
        if len(offers) == 1:
            ((document, said_at),) = offers
            return {document.id: await self.put(document, said_at, budget)}
        outcomes: dict[str, Outcome] = {it.id: False for it, _ in offers}
        sound = [(it, self._put(it, said_at)) for it, said_at in offers if is_job_id(it.id)]
        told = await self._cache.put_many([put for _, put in sound], budget) if sound else ()
        for (document, _), outcome in zip(sound, told, strict=True):
            outcomes[document.id] = self._became(document, outcome)
        return outcomes

    def announced(self, raw: bytes) -> Entry | None:
        """What an announced value says, of whichever job; None if it is no sound value."""
        return self._sound(decode(raw, named(raw)))

    def why_not(self, trouble: Trouble) -> str:
        """Why the tier was passed by, in a word."""
        if trouble is Trouble.AWAY and not self.state.enabled:  # else only that job's server is
            return self.state.detail
        return "redis-busy" if trouble is Trouble.BUSY else "redis-down"

    def _put(self, document: Document, said_at: float) -> Put:
        return Put(
            key=key(document.id),
            value=encode(document, said_at),
            seconds=self._lifetimes.of(document),
        )

    def _became(self, document: Document, outcome: PutOutcome) -> Outcome:
        if isinstance(outcome, Trouble):
            return outcome
        self._stats.put("stored" if isinstance(outcome, Stored) else "refused")
        return isinstance(outcome, Stored) or self._kept(outcome, document) or False

    def _kept(self, kept: Kept, document: Document) -> Entry | None:
        """The newer value that came back with a refusal, if it is one of the same owner's job."""
        newer = self._sound(decode(kept.newer, document.id)) if kept.newer else None
        return newer if newer and newer.document.owner == document.owner else None

    def _sound(self, entry: Entry | Unreadable | Foreign) -> Entry | None:
        if isinstance(entry, Entry):
            return entry
        self._stats.rejected("foreign" if isinstance(entry, Foreign) else "unreadable")
        return None


def _may_lag(found: Entry | Trouble | None, floor: int) -> bool:
    """Whether a primary could have more than what a replica gave."""
    if isinstance(found, Entry):
        return found.document.version < floor
    return found is None
