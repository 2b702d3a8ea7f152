"""Builds the parts and joins them: the one file that knows every room."""

import asyncio
import gc
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from api import HTTP_COUNTS, Application, HttpCounts, Parts, create_api
from cache import (
    CACHE_COUNTS,
    CACHE_TTL_SECONDS,
    AccountKnobs,
    BadRedisUrl,
    Cache,
    CacheStats,
    Lifetimes,
    Memory,
    NearKnobs,
    open_cache,
    open_credentials,
    parse_redis_url,
    publish,
)
from counts import Board, CellMap, open_board
from jobs import (
    BadDatabaseUrl,
    Database,
    JobFiles,
    RecentCensus,
    SqlBacklog,
    SqlCensus,
    SqlChanges,
    SqlJobs,
    open_database,
    tidy_files,
)
from logs import configure_logging
from metrics import Counted, Metrics
from settings import BadSettings, Settings, read_settings
from web import routes as page_routes
from work import DbosEngine, EmbeddedWorker, Readiness, every, run_worker, sweep_once

MISCONFIGURED: Final = (BadSettings, BadRedisUrl, BadDatabaseUrl)
"""Errors that stop a start: each is one line that says what to mend."""

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


def build_basis(settings: Settings, *, follows: bool, board: Board | None = None) -> Basis:
    """Nothing is connected yet. `follows`: whether it has a near tier, kept true by the changes.

    Without a board the cache counts for itself. Raises BadDatabaseUrl or BadRedisUrl.
    """
    database = open_database(settings.database)
    engine = DbosEngine(settings.database)
    stats = CacheStats(board)
    target = parse_redis_url(settings.redis_url if settings.cache_enabled else "")
    cache = open_cache(
        target,
        stats,
        credentials=open_credentials(target, AccountKnobs.of(settings)) if target else None,
        ttl_seconds=settings.cache_ttl_seconds,
        max_connections=settings.cache_max_connections,
        socket_connect_timeout=settings.cache_socket_connect_timeout,
        socket_timeout=settings.cache_socket_timeout,
        budget_seconds=settings.cache_budget_seconds,
    )
    return Basis(
        settings=settings,
        database=database,
        cache=cache,
        stats=stats,
        memory=Memory(
            SqlJobs(database, engine),
            cache,
            stats,
            changes=SqlChanges(database) if follows and settings.cache_enabled else None,
            near=NearKnobs(
                entries=settings.cache_near_max_entries, size=settings.cache_near_max_bytes
            ),
            lifetimes=Lifetimes(
                moving=settings.cache_ttl_seconds or CACHE_TTL_SECONDS,
                final=settings.cache_final_ttl_seconds,
                negative=settings.cache_negative_ttl_seconds,
            ),
            audit_share=settings.cache_audit_share if follows else 0.0,
        ),
        backlog=SqlBacklog(database, engine),
        census=RecentCensus(SqlCensus(database).take),
        files=JobFiles(settings.data_dir),
        engine=engine,
        readiness=Readiness(database, engine),
    )


def build_app() -> Application:
    """The API with its pages, ready for uvicorn. Raises one of MISCONFIGURED."""
    settings = read_settings()
    configure_logging(settings.log_path)
    board = open_board(CellMap((*CACHE_COUNTS, *HTTP_COUNTS)))
    basis = build_basis(settings, follows=True, board=board)
    stats = basis.stats
    publish(stats.snapshot)
    http = HttpCounts(board, "poll")
    metrics = Metrics(partial(_at_once, board, stats, http), basis.census.numbers)
    return create_api(
        Parts(
            store=basis.memory.store,
            at_hand=basis.memory.store.at_hand,
            ask_soon=basis.memory.store.ask_soon,
            files=basis.files,
            upload_max_bytes=settings.upload_max_bytes,
            deadline_seconds=settings.job_deadline_seconds,
            cache_enabled=settings.cache_enabled,
            cache_statistics=stats.survey,
            cache_state=lambda: basis.cache.state().health,
            ping=basis.database.ping,
            is_accepting=lambda: basis.readiness.ready,
            accepting=basis.readiness.soon,
            metrics=partial(_scrape, basis.census, metrics),
            observe=http.observe,
            laned=http.laned,
            polled=stats.polled,
            pages=page_routes(),
            lifespan=partial(_api_lifespan, basis),
        )
    )


def _at_once(board: Board, stats: CacheStats, http: HttpCounts) -> Counted:
    """What metrics tell: one look at all boards, so that sums agree."""
    reading = board.read()
    return stats.snapshot(reading), stats.histograms(reading), http.numbers(reading)


async def _scrape(census: RecentCensus, metrics: Metrics) -> tuple[bytes, str]:
    """Only who scrapes has the database counted, at most every few seconds, and waits little."""
    await census.refresh()
    return metrics.render()


async def run_worker_process() -> None:
    """A worker, until it is told to stop. Raises one of MISCONFIGURED."""
    settings = read_settings()
    configure_logging(settings.log_path)
    basis = build_basis(settings, follows=False)
    async with _open(basis):
        await basis.readiness.migrate()
        await run_worker(
            basis.memory.store,
            basis.backlog,
            basis.files,
            basis.engine,
            concurrency=settings.worker_concurrency,
        )


@asynccontextmanager
async def _open(basis: Basis) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        stack.push_async_callback(basis.database.close)
        stack.push_async_callback(basis.engine.close)
        stack.push_async_callback(basis.census.close)
        await basis.memory.start()
        stack.push_async_callback(basis.memory.stop)
        yield


@asynccontextmanager
async def _api_lifespan(basis: Basis, app: Application) -> AsyncIterator[None]:
    """Serves at once; what needs the database is tried in the background until it is there."""
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
