"""Builds the parts and joins them: the one file that knows every room.

What they do as long as the process lives is in lifespan.py.
"""

from functools import partial
from typing import Final

from api import HTTP_COUNTS, Application, HttpCounts, Parts, create_api
from cache import (
    CACHE_COUNTS,
    CACHE_TTL_SECONDS,
    AccountKnobs,
    BadRedisUrl,
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
    JobFiles,
    RecentCensus,
    SqlBacklog,
    SqlCensus,
    SqlChanges,
    SqlJobs,
    open_database,
)
from lifespan import Basis, api_lifespan, worker_lifespan
from logs import configure_logging
from metrics import Counted, Metrics
from settings import BadSettings, Settings, read_settings
from web import routes as page_routes
from work import DbosEngine, Readiness

MISCONFIGURED: Final = (BadSettings, BadRedisUrl, BadDatabaseUrl)
"""Errors that stop a start: each is one line that says what to mend."""


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
            lifespan=partial(api_lifespan, basis),
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
    await worker_lifespan(build_basis(settings, follows=False))
