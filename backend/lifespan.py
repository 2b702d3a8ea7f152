"""What a process does as long as it lives: opens its parts, does the chores, closes them again.

Builds no part: wiring.py does.
"""

import asyncio
import gc
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from cache import Cache, CacheStats, Memory
from jobs import Database, JobFiles, RecentCensus, SqlBacklog, tidy_files
from settings import Settings
from work import DbosEngine, EmbeddedWorker, Readiness, every, run_worker, sweep_once

_TIDY_SECONDS: Final = 3600.0
"""How often files without a job are looked for, by each API process; harmless together."""
_BEAT_SECONDS: Final = 0.5
"""How often an API process shows the others how it is: what they tell of it is no older."""
_SWEEP_SECONDS: Final = 5.0
"""How often an API process looks for overdue jobs: deadlines hold even while no worker runs."""

_log = logging.getLogger("tally")


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What API and worker have in common: the truth, the cache in front of it, and the queue."""

    settings: Settings
    database: Database
    cache: Cache
    stats: CacheStats
    memory: Memory
    backlog: SqlBacklog
    census: RecentCensus
    files: JobFiles
    engine: DbosEngine
    readiness: Readiness


async def worker_lifespan(basis: Basis) -> None:
    """Takes jobs and does them until the process is told to stop. Raises StoreUnavailable."""
    async with _open(basis):
        await basis.readiness.migrate()
        await run_worker(
            basis.memory.store,
            basis.backlog,
            basis.files,
            basis.engine,
            concurrency=basis.settings.worker_concurrency,
        )


@asynccontextmanager
async def api_lifespan(basis: Basis, app: object) -> AsyncIterator[None]:
    """Serves at once; what needs the database is tried in the background until it is there.

    `app`: as ASGI frameworks call it; not used.
    """
    async with _open(basis), AsyncExitStack() as stack:
        tidying = every(_TIDY_SECONDS, partial(_tidy, basis), "tidying")
        beating = every(_BEAT_SECONDS, partial(_beat, basis), "the beat of the counts")
        for chore in (_prepare_and_sweep(basis), _settle(basis), tidying, beating):
            stack.push_async_callback(_end, asyncio.create_task(chore))
        if basis.settings.brings_worker:
            worker = EmbeddedWorker(basis.settings.data_dir)
            await worker.start()
            stack.push_async_callback(worker.stop)
        yield


@asynccontextmanager
async def _open(basis: Basis) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        stack.push_async_callback(basis.database.close)
        stack.push_async_callback(basis.engine.close)
        stack.push_async_callback(basis.census.close)
        await basis.memory.start()
        stack.push_async_callback(basis.memory.stop)
        yield


async def _prepare_and_sweep(basis: Basis) -> None:
    """The first sweep loads the job engine, so that the first request need not wait for it."""
    await basis.readiness.migrate()
    await every(_SWEEP_SECONDS, partial(_sweep, basis), "the sweep")


async def _settle(basis: Basis) -> None:
    """What is loaded once jobs can be queued stays: garbage collection need not look at it again,
    which takes 0.1 s each time, while no poll is answered."""
    await basis.readiness.queued()
    gc.freeze()


async def _beat(basis: Basis) -> None:
    basis.stats.beat()


async def _sweep(basis: Basis) -> None:
    await basis.readiness.queueing()
    await sweep_once(basis.memory.store, basis.backlog, basis.engine)


async def _tidy(basis: Basis) -> None:
    await basis.readiness.migrated()
    removed = await tidy_files(basis.memory.store, basis.files, now=time.time())
    if removed:
        _log.info("removed the files of %d jobs that do not exist", removed)


async def _end(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.wait({task})
