"""Whole memories as processes have them: over one database, with a feed of their own each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from cache import Cache, CachedJobs, CacheStats, Memory, open_cache, parse_redis_url
from cache.entry import Entry, decode, key
from cache.feed import boot_clock
from counted_store import poll
from jobs import Beginning, ChangeLog, Database, Job, JobStore, News, SqlChanges, StoreUnavailable
from patience import until_proven

Until = Callable[[Callable[[], bool], float], Awaitable[float]]
Recorder = Callable[[str, object], None]
"""pytest's `record_property`: what was measured, for the report."""


@dataclass
class Process:
    memory: Memory
    cache: Cache
    stats: CacheStats

    @property
    def store(self) -> CachedJobs:
        return self.memory.store

    @property
    def reads(self) -> int:
        return int(self.stats.snapshot()["database_reads"])

    @property
    def mended(self) -> int:
        return int(self.stats.snapshot()["mended"])

    def told(self, job_id: str, version: int) -> bool:
        """Whether it knows of that version, whether or not anybody polls the job here."""
        return self.memory.near.known(job_id) == version

    def knows(self, job_id: str, version: int) -> bool:
        """Whether its near tier answers with that version: the job must have been polled here."""
        held = self.memory.near.get(job_id)
        return held is not None and held.document.version == version

    async def shared(self, job_id: str) -> int:
        """The version that Redis has; 0 for none."""
        raw = await self.cache.get(key(job_id), self.cache.budget())
        entry = decode(raw, job_id) if isinstance(raw, bytes) else None
        return entry.document.version if isinstance(entry, Entry) else 0


class Processes:
    """Opens memories, and ends them all."""

    def __init__(self, database: Database, until: Until) -> None:
        self._database = database
        self._until = until
        self._open: list[Process] = []

    async def open(
        self,
        truth: JobStore,
        url: str = "none",
        *,
        changes: ChangeLog | None = None,
        **options: Any,
    ) -> Process:
        """One whose feed is proven, and whose Redis is in use and pushes, if it has one."""
        stats = CacheStats()
        cache = open_cache(parse_redis_url(url), stats, budget_seconds=1.0)
        changes = changes or SqlChanges(self._database)
        memory = Memory(truth, cache, stats, changes=changes, **options)
        process = Process(memory, cache, stats)
        self._open.append(process)
        await memory.start()
        await until_proven(memory)
        if url != "none" and memory.feed:
            await self._until(lambda: memory.push.alive, 10.0)
        return process

    async def poll(self, process: Process, job: Job) -> None:
        """Poll a new job there once it was told of it, so that it follows the job from now on."""
        await self._until(lambda: process.told(job.id, 1), 5.0)
        await poll(process.store, job)
        assert process.knows(job.id, 1)

    async def forget(self, job: Job) -> None:
        """Wait until every feed has told of the job, then let all processes forget it."""
        nears = [process.memory.near for process in self._open]
        await self._until(lambda: all(near.known(job.id) for near in nears), 5.0)
        for near in nears:
            near.begin({})

    async def close(self) -> None:
        for process in self._open:
            await process.memory.stop()


class BrokenChanges(SqlChanges):
    """The database's own log; while `down` it fails, while `deaf` it has nothing to tell."""

    down = False
    deaf = False

    async def begin(self) -> Beginning:
        if self.down:
            raise StoreUnavailable
        return await super().begin()

    async def since(self, cursor: str) -> News:
        if self.down:
            raise StoreUnavailable
        news = await super().since(cursor)
        return News(documents=(), cursor=cursor) if self.deaf else news


class MovedClock:
    """The machine's, which a test may move on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return boot_clock() + self.ahead
