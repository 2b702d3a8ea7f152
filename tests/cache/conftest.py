"""Caches at real servers, the database beneath them, and patience with a bound."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

import patience
from cache import Cache, CachedJobs, CacheStats, Memory, open_cache, parse_redis_url
from cache.redis_discovery import Discovery, find
from cache.redis_layout import Layout
from cache.redis_target import RedisTarget
from dev_servers import RedisCluster, RedisServer
from example_jobs import RecordedDelivery
from jobs import Database, SqlJobs, migrate, open_database
from kept_fleet import Kept
from memory_bench import Processes
from redis_parts import CONNECT_SECONDS, NOBODY, S, Stoppable, Stopped, begun_since
from redis_way import Way, Ways, at_home
from silence import Silence

Until = Callable[[Callable[[], bool], float], Awaitable[float]]
Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]


@pytest.fixture
async def open_at() -> AsyncIterator[Open]:
    """`await open_at(url, budget_seconds=0.05)` starts a cache; all are stopped after the test.

    The machine may be busy: the budget is a generous second unless a test is about it, and the
    cache is given time to get in use unless `in_use=False`.
    """
    opened: list[Cache] = []

    async def open_one(
        url: str, *, in_use: bool = True, budget_seconds: float = 1.0, **knobs: Any
    ) -> tuple[Cache, CacheStats]:
        stats = CacheStats()
        cache = open_cache(parse_redis_url(url), stats, budget_seconds=budget_seconds, **knobs)
        opened.append(cache)
        await cache.start()
        if in_use:
            await patience.until(lambda: cache.state().enabled, patience.STARTED_SECONDS)
        return cache, stats

    yield open_one
    for cache in opened:
        await cache.stop()


@pytest.fixture
def until() -> Until:
    """`await until(condition, 2.0)` gives the seconds it took; fails when the time is over."""
    return patience.until


@pytest.fixture(scope="session")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    """One for all tests: their jobs' ids are their own, and migrating takes longer than a test."""
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('database')}/tally.db")
    await migrate(database)
    yield database
    await database.close()


@pytest.fixture
async def processes(database: Database, until: Until) -> AsyncIterator[Processes]:
    """Opens whole memories over that database, as processes have them; all end with the test."""
    processes = Processes(database, until)
    yield processes
    await processes.close()


@pytest.fixture
def delivery() -> RecordedDelivery:
    return RecordedDelivery()


@pytest.fixture
def truth(database: Database, delivery: RecordedDelivery) -> SqlJobs:
    """The database's own store, for a cache to stand in front of."""
    return SqlJobs(database, delivery)


@pytest.fixture
async def opened(redis_server: RedisServer, open_at: Open) -> tuple[Cache, CacheStats]:
    """A started cache at the shared server, and its numbers."""
    return await open_at(redis_server.url)


@pytest.fixture
def stats(opened: tuple[Cache, CacheStats]) -> CacheStats:
    return opened[1]


@pytest.fixture
def store(truth: SqlJobs, opened: tuple[Cache, CacheStats]) -> CachedJobs:
    """The database's store with that memory; a test file may bring a `truth` of its own."""
    return Memory(truth, *opened).store


@pytest.fixture
async def stopped() -> AsyncIterator[Stopped]:
    """Takes fleets, nodes, lookouts: when they are stopped no task of theirs is left."""
    before, kept = asyncio.all_tasks(), list[Stoppable]()

    def keep(one: S) -> S:
        kept.append(one)
        return one

    yield keep
    for one in kept:
        await one.stop()
    assert begun_since(before) == []


@pytest.fixture
def look_after(stopped: Stopped) -> Callable[..., Kept]:
    """A lookout and its fleet, by the words of `Kept`; stopped after the test."""
    return lambda *what, **more: stopped(Kept(*what, **more))


@pytest.fixture
async def find_out() -> AsyncIterator[Callable[[RedisTarget], Discovery]]:
    """Opens discoveries; when they are closed no task of theirs is left."""
    before, opened = asyncio.all_tasks(), list[Discovery]()

    def open_one(target: RedisTarget) -> Discovery:
        opened.append(find(target, NOBODY, CONNECT_SECONDS))
        return opened[-1]

    yield open_one
    for discovery in opened:
        await discovery.close()
    assert begun_since(before) == []


@pytest.fixture
async def silence() -> AsyncIterator[Silence]:
    silence = Silence()
    yield silence
    silence.stop()


@pytest.fixture
async def open_way() -> AsyncIterator[Callable[..., Awaitable[Way]]]:
    """Opens routes over a layout; all is stopped after the test."""
    ways = Ways()
    yield ways.open
    await ways.stop()


@pytest.fixture
def home(cluster: RedisCluster) -> Layout:
    """Where the cluster's slots are at first."""
    return at_home(cluster)
