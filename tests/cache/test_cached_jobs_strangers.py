"""A store with a memory gives nobody the job of somebody else, whatever lies in Redis."""

import pytest

from cache import Cache, CachedJobs, CacheStats
from cache.entry import key
from dev_servers import RedisServer
from example_jobs import a_job
from jobs import (
    Answer,
    Job,
    JobStore,
    SqlJobs,
    render,
)


async def poll(store: JobStore, job: Job, *, owner: str = "default", floor: int = 0) -> Answer:
    return await store.status(job.id, owner=owner, floor=floor)


async def test_another_owners_job_is_as_no_job_whatever_floor_is_brought(
    store: CachedJobs, stats: CacheStats
) -> None:
    job = a_job(owner="alice")
    await store.create(job)

    assert (await poll(store, job, owner="bob")).document is None
    assert (await poll(store, job, owner="bob", floor=99)).document is None
    assert (await poll(store, job, owner="alice")).document == render(job)
    assert stats.snapshot()["misses"] == 0


@pytest.mark.parametrize("reason", ["foreign", "unreadable"])
async def test_a_planted_value_is_counted_and_never_served(
    store: CachedJobs,
    stats: CacheStats,
    opened: tuple[Cache, CacheStats],
    truth: SqlJobs,
    redis_server: RedisServer,
    reason: str,
) -> None:
    job, other = a_job(), a_job()
    await truth.create(job)
    await store.create(other)
    if reason == "foreign":
        redis_server.ask(f"COPY {key(other.id)} {key(job.id)} REPLACE")
    else:
        redis_server.ask(f'SET {key(job.id)} \'{{"id": "{job.id}"}}\'')
    first, second = await poll(store, job), await poll(store, job)

    assert (first.forward, first.document) == ("miss", render(job))
    assert (second.hit, second.document) == (True, render(job))
    assert stats.snapshot()["rejected"][reason] == 1


async def test_a_text_that_is_no_id_never_reaches_redis(
    store: CachedJobs, redis_server: RedisServer
) -> None:
    before = redis_server.ask("DBSIZE")

    assert (await store.status("*", owner="default")).document is None
    assert redis_server.ask("DBSIZE") == before
