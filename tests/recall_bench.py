"""A recall over a real database and a cache in this process, with a proof that a test moves."""

from dataclasses import dataclass

from cache import CacheStats, Lifetimes
from cache.belief import Belief
from cache.entry import encode, key
from cache.freshness import PROOF_SECONDS
from cache.near import Near
from cache.recall import Outcome, Recall, Recalled
from cache.shared import Shared
from counted_store import CountedStore
from example_documents import Clock
from example_jobs import a_job
from jobs import Claimed, Document, StoreUnavailable
from scripted_cache import ScriptedCache


@dataclass
class MovedProof:
    """Ends as the feed's does: what was proven last is then of long ago."""

    proven: bool = True
    proven_at: float = 1000.0
    failing: bool = False

    def end(self) -> None:
        self.proven = False
        self.proven_at -= PROOF_SECONDS


class RecallBench:
    def __init__(self, truth: CountedStore) -> None:
        self.truth = truth
        self.clock, self.wall = Clock(), Clock(1_000_000.0)
        self.cache = ScriptedCache()
        self.stats = CacheStats()
        self.proof = MovedProof()
        self.near = Near(entries=10, size=2**20, negative_seconds=1.0, clock=self.clock)
        lifetimes = Lifetimes(moving=30.0, final=3600.0)
        self.belief = Belief(self.near, self.proof, lifetimes, clock=self.clock, wall=self.wall)
        self.recall = Recall(
            truth,
            Shared(self.cache, lifetimes, self.stats),
            self.near,
            self.belief,
            self.proof,
            self.stats,
            clock=self.clock,
            wall=self.wall,
        )

    async def anywhere(self, job_id: str) -> Recalled:
        """What a look-up of that job alone gives, or raises."""
        return (await self.batch(job_id))[0]

    async def batch(self, *job_ids: str) -> list[Recalled]:
        """What a look-up of those jobs together gives; raises if one has no answer."""
        outcomes: dict[str, Outcome] = {}
        async for found in self.recall.anywhere(job_ids, self.recall.budget()):
            outcomes |= found
        return [_recalled(outcomes[job_id]) for job_id in job_ids]

    async def database(self, job_id: str) -> Recalled:
        """What a read of that job alone gives, or raises."""
        return _recalled((await self.recall.database((job_id,), self.recall.budget()))[job_id])

    def document(self, outcome: Outcome) -> Document | None:
        return _recalled(outcome).answer.document

    async def two_versions(self) -> tuple[Document, Document]:
        """Of one job in the database; neither is remembered anywhere."""
        job = a_job()
        first = await self.truth.create(job)
        change = await self.truth.advance(job.id, Claimed(worker="w"), now=1.0)
        return first, change.document

    def share(self, document: Document, *, ago: float = 0.0) -> None:
        """Put it into the shared cache, as said by the database so many seconds ago."""
        self.cache.values[key(document.id)] = encode(document, self.wall.now - ago)

    def keep(self, document: Document, *, ago: float = 0.0) -> None:
        """Remember it near."""
        self.near.keep(document, self.clock.now - ago, self.near.epoch)

    def know(self, document: Document) -> None:
        """Its version, but not itself."""
        self.near.begin({document.id: document.version})

    def pass_time(self, seconds: float) -> None:
        self.clock.now += seconds
        self.wall.now += seconds

    def prove(self, *, ago: float = 0.0) -> None:
        """By a question of the feed asked so many seconds ago, and answered now."""
        self.proof.proven, self.proof.proven_at = True, self.clock.now - ago

    def lose_database(self) -> None:
        self.truth.down = True
        self.proof.end()

    @property
    def reads(self) -> int:
        return int(self.stats.snapshot()["database_reads"])


def _recalled(outcome: Outcome) -> Recalled:
    if isinstance(outcome, StoreUnavailable):
        raise outcome
    return outcome
