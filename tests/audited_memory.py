"""A memory that looks at every answer it gives, over a database that can be troubled."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from cache import Cache, CacheStats, Memory
from jobs import Answer, JobStore, SqlJobs, StoreUnavailable


class Troubled(SqlJobs):
    """The database's store; while `down` it answers no poll, while `hanging` it never ends one."""

    down = False
    hanging = False
    asked = 0

    async def status(self, job_id: str, *, owner: str | None, floor: int = 0) -> Answer:
        self.asked += 1
        if self.hanging:
            await asyncio.Event().wait()
        if self.down:
            raise StoreUnavailable
        return await super().status(job_id, owner=owner, floor=floor)


@dataclass(frozen=True, kw_only=True)
class Audited:
    """A memory that looks at every answer it gives, and its numbers."""

    memory: Memory
    stats: CacheStats

    async def poll(self, job_id: str) -> Answer:
        return await self.memory.store.status(job_id, owner="default")

    @property
    def found(self) -> dict[str, int]:
        """How the audits ended, but for ends that there were none of."""
        outcomes = self.stats.snapshot()["audit"]["outcomes"]
        return {outcome: count for outcome, count in outcomes.items() if count}


@asynccontextmanager
async def auditing(
    store: JobStore, cache: Cache, stats: CacheStats, **options: Any
) -> AsyncIterator[Audited]:
    """Such a memory, begun, and ended with the block."""
    memory = Memory(store, cache, stats, audit_share=1.0, **options)
    await memory.start()
    try:
        yield Audited(memory=memory, stats=stats)
    finally:
        await memory.stop()
