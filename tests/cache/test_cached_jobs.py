"""A store with a memory, over a real database and a real Redis: what it remembers, and when."""

from collections.abc import Awaitable, Callable

import pytest

from cache import Cache, CachedJobs, CacheStats, Lifetimes, Memory
from cache.entry import key
from dev_servers import RedisServer
from example_jobs import RecordedDelivery, a_job
from job_store_conformance import JobStoreConformance
from jobs import (
    Answer,
    CancelRequested,
    Claimed,
    Database,
    Deleted,
    IllegalStep,
    Job,
    JobStore,
    PageQuery,
    SqlJobs,
    new_id,
    render,
)

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
NONE = {"outage": 0, "error": 0}


class TestCachedJobs(JobStoreConformance):
    """The face's promises hold with Redis in use ..."""


class TestCachedJobsWithoutRedis(JobStoreConformance):
    """... and with none."""

    @pytest.fixture
    async def store(self, truth: SqlJobs, open_at: Open) -> CachedJobs:
        return Memory(truth, *await open_at("none", in_use=False)).store


async def poll(store: JobStore, job: Job, *, owner: str = "default", floor: int = 0) -> Answer:
    return await store.status(job.id, owner=owner, floor=floor)


async def test_a_job_just_created_is_answered_by_the_cache(
    store: CachedJobs, stats: CacheStats
) -> None:
    job = a_job()
    await store.create(job)
    answer = await poll(store, job)

    assert (answer.hit, answer.detail, answer.document) == (True, "redis", render(job))
    assert stats.snapshot()["misses"] == 0


async def test_a_change_is_answered_by_the_cache_at_once(
    store: CachedJobs, stats: CacheStats
) -> None:
    job = a_job()
    await store.create(job)
    change = await store.advance(job.id, Claimed(worker="w"), now=1.0)
    answer = await poll(store, job)

    assert (answer.hit, answer.document) == (True, change.document)
    assert stats.snapshot()["misses"] == 0


async def test_the_first_poll_of_a_forgotten_job_fills_the_cache_for_the_next(
    store: CachedJobs, truth: SqlJobs, stats: CacheStats
) -> None:
    job = a_job()
    await truth.create(job)
    first, second = await poll(store, job), await poll(store, job)

    assert (first.hit, first.forward, first.stored) == (False, "miss", True)
    assert second.hit
    assert first.document == second.document == render(job)
    assert stats.snapshot()["misses"] == 1


async def test_what_one_process_writes_another_one_reads(
    store: CachedJobs, truth: SqlJobs, redis_server: RedisServer, open_at: Open
) -> None:
    other = Memory(truth, *await open_at(redis_server.url)).store
    job = a_job()
    await store.create(job)

    assert (await poll(other, job)).hit


async def test_an_answer_tells_its_age_and_what_remains(
    truth: SqlJobs, opened: tuple[Cache, CacheStats]
) -> None:
    now = 1_000_000.0
    store = Memory(truth, *opened, wall=lambda: now).store
    job = a_job()
    await store.create(job)
    now += 12.0
    answer = await poll(store, job)

    assert (answer.age, answer.ttl) == (12.0, 18.0)


async def test_the_age_of_what_a_poll_stored_counts_from_before_the_database_was_asked(
    database: Database, delivery: RecordedDelivery, opened: tuple[Cache, CacheStats]
) -> None:
    now = 1_000_000.0

    class Slow(SqlJobs):
        async def status(self, job_id: str, *, owner: str | None, floor: int = 0) -> Answer:
            nonlocal now
            answer = await super().status(job_id, owner=owner, floor=floor)
            now += 5.0
            return answer

    truth = Slow(database, delivery)
    store = Memory(truth, *opened, wall=lambda: now).store
    job = a_job()
    await truth.create(job)
    first, second = await poll(store, job), await poll(store, job)

    assert first.stored
    assert (second.hit, second.age, second.ttl) == (True, 5.0, 25.0)


async def test_an_entry_dies_with_its_lifetime(
    truth: SqlJobs, redis_server: RedisServer, open_at: Open, until: Callable[..., Awaitable[float]]
) -> None:
    store = Memory(
        truth, *await open_at(redis_server.url, ttl_seconds=0.1), lifetimes=Lifetimes(moving=0.1)
    ).store
    job = a_job()
    await store.create(job)
    await until(lambda: redis_server.ask(f"EXISTS {key(job.id)}") == "0", 2.0)

    assert (await poll(store, job)).forward == "miss"


async def test_a_deleted_job_is_remembered_as_gone(store: CachedJobs, stats: CacheStats) -> None:
    job = a_job()
    await store.create(job)
    await store.advance(job.id, CancelRequested(), now=1.0)
    await store.advance(job.id, Deleted(), now=2.0)
    answer = await poll(store, job)

    assert answer.hit
    assert answer.document is not None
    assert (answer.document.gone, answer.document.body) == (True, b"")
    assert stats.snapshot()["misses"] == 0


async def test_that_there_is_no_such_job_is_not_remembered(
    store: CachedJobs, truth: SqlJobs
) -> None:
    job = a_job()
    before = await poll(store, job)
    await truth.create(job)
    after = await poll(store, job)

    assert (before.document, before.forward, before.stored) == (None, "miss", False)
    assert after.document == render(job)


async def test_reading_whole_jobs_and_pages_leaves_the_cache_alone(
    store: CachedJobs, truth: SqlJobs, redis_server: RedisServer
) -> None:
    job = a_job()
    await truth.create(job)
    await store.get(job.id, owner=None)
    await store.page(PageQuery(owner="default"))

    assert redis_server.ask(f"EXISTS {key(job.id)}") == "0"


async def test_a_refused_step_writes_nothing(store: CachedJobs, stats: CacheStats) -> None:
    job = a_job()
    await store.create(job)
    with pytest.raises(IllegalStep):
        await store.advance(job.id, Deleted(), now=1.0)

    assert stats.snapshot()["puts"] == {"stored": 1, "refused": 0}


async def test_every_poll_is_a_hit_or_a_miss(
    store: CachedJobs, truth: SqlJobs, stats: CacheStats
) -> None:
    known, forgotten = a_job(), a_job()
    await store.create(known)
    await truth.create(forgotten)
    for job in (known, known, forgotten, forgotten):
        await poll(store, job)
    await poll(store, known, floor=5)
    await store.status(new_id(1.0), owner="default")
    numbers = stats.snapshot()

    assert (numbers["hits"], numbers["misses"], numbers["total_requests"]) == (3, 3, 6)
    assert numbers["missed_by"] == {"miss": 2, "stale": 1, "bypass": 0, **NONE}
    assert numbers["hit_rate"] == 50.0
