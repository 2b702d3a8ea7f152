"""A store with a memory, when Redis or the database is away: three different answers."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from cache import Cache, CachedJobs, CacheStats, Memory
from dev_servers import RedisServer
from example_jobs import RecordedDelivery, a_job
from jobs import (
    Answer,
    Claimed,
    Database,
    Job,
    JobStore,
    SqlJobs,
    StoreUnavailable,
    render,
)

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]


class Failing(SqlJobs):
    """The database's store; while `down`, it answers no poll."""

    down = False

    async def status(self, job_id: str, *, owner: str | None, floor: int = 0) -> Answer:
        if self.down:
            raise StoreUnavailable
        return await super().status(job_id, owner=owner, floor=floor)


@pytest.fixture
def truth(database: Database, delivery: RecordedDelivery) -> Failing:
    return Failing(database, delivery)


async def poll(store: JobStore, job: Job, *, owner: str = "default", floor: int = 0) -> Answer:
    return await store.status(job.id, owner=owner, floor=floor)


async def test_a_database_outage_passes_through_and_costs_no_entry(
    store: CachedJobs, truth: Failing
) -> None:
    known, forgotten = a_job(), a_job()
    await store.create(known)
    await truth.create(forgotten)
    truth.down = True

    assert (await poll(store, known)).document == render(known)
    with pytest.raises(StoreUnavailable):
        await poll(store, forgotten)
    with pytest.raises(StoreUnavailable):
        await poll(store, known, floor=2)
    assert (await poll(store, known)).document == render(known)


async def test_with_redis_gone_everything_is_the_databases_and_nothing_fails(
    store: CachedJobs, redis_server: RedisServer, stats: CacheStats
) -> None:
    job = a_job()
    await store.create(job)
    redis_server.kill()
    change = await store.advance(job.id, Claimed(worker="w"), now=1.0)
    answers = [await poll(store, job) for _ in range(10)]
    created = await store.create(a_job())

    assert created.version == 1
    assert {answer.document for answer in answers} == {change.document}
    assert {(answer.forward, answer.detail) for answer in answers} == {("bypass", "redis-down")}
    assert stats.snapshot()["missed_by"]["bypass"] == 10


async def test_while_redis_is_frozen_a_poll_is_late_by_the_budget_and_no_more(
    truth: Failing, redis_server: RedisServer, open_at: Open
) -> None:
    store = Memory(truth, *await open_at(redis_server.url, budget_seconds=0.05)).store
    job = a_job()
    await store.create(job)
    redis_server.freeze()
    began = asyncio.get_running_loop().time()
    answers = [await poll(store, job) for _ in range(20)]

    assert {answer.document for answer in answers} == {render(job)}
    assert asyncio.get_running_loop().time() - began < 1.5  # five times the budget, and 20 reads


async def test_switched_off_it_says_so(truth: Failing, open_at: Open) -> None:
    store = Memory(truth, *await open_at("", in_use=False)).store
    job = a_job()
    await store.create(job)
    answer = await poll(store, job)

    assert (answer.document, answer.forward, answer.detail) == (render(job), "bypass", "redis-off")
