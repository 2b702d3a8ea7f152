"""A store with a memory gives no answer older than the TTL, whatever lifetime Redis gave it."""

import time
from collections.abc import Awaitable, Callable

import pytest

from cache import Cache, CachedJobs, CacheStats, Lifetimes, Memory
from cache.entry import encode, key
from dev_servers import RedisServer
from example_jobs import a_job
from jobs import Answer, CancelRequested, Claimed, Document, Job, JobStore, SqlJobs, render
from put_alone import put_alone

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
Until = Callable[..., Awaitable[float]]

NONE = {"outage": 0, "error": 0}


async def poll(store: JobStore, job: Job, *, floor: int = 0) -> Answer:
    return await store.status(job.id, owner="default", floor=floor)


async def plant(cache: Cache, document: Document, written_at: float) -> None:
    await put_alone(cache, key(document.id), encode(document, written_at))


async def test_an_entry_older_than_its_lifetime_is_never_the_answer(
    store: CachedJobs, truth: SqlJobs, opened: tuple[Cache, CacheStats], stats: CacheStats
) -> None:
    job = a_job()
    await truth.create(job)
    change = await truth.advance(job.id, Claimed(worker="w"), now=1.0)
    await plant(opened[0], render(job), time.time() - 31.0)
    first, second = await poll(store, job), await poll(store, job)

    assert (first.hit, first.forward, first.stored) == (False, "stale", True)
    assert first.document == second.document == change.document
    assert second.hit
    assert stats.snapshot()["missed_by"] == {"miss": 0, "stale": 1, "bypass": 0, **NONE}


@pytest.mark.parametrize("version", [1, 99])
async def test_not_even_if_it_keeps_the_databases_answer_from_being_stored(
    store: CachedJobs, truth: SqlJobs, opened: tuple[Cache, CacheStats], version: int
) -> None:
    job = a_job()
    document = await truth.create(job)
    old = Document(
        id=job.id,
        owner="default",
        version=version,
        done=False,
        gone=False,
        retry_after=1,
        body=b"{}",
    )
    await plant(opened[0], old, time.time() - 31.0)
    answer = await poll(store, job)

    assert (answer.document, answer.hit, answer.stored) == (document, False, False)


async def test_an_entry_of_a_clock_ahead_of_ours_is_an_answer(
    store: CachedJobs, truth: SqlJobs, opened: tuple[Cache, CacheStats]
) -> None:
    job = a_job()
    await plant(opened[0], await truth.create(job), time.time() + 60.0)
    answer = await poll(store, job)

    assert (answer.hit, answer.age) == (True, 0.0)


async def test_a_put_that_a_frozen_redis_executes_late_is_not_the_answer(
    truth: SqlJobs, redis_server: RedisServer, open_at: Open, until: Until
) -> None:
    cache, stats = await open_at(redis_server.url, ttl_seconds=1.5, budget_seconds=0.05)
    store, job = Memory(truth, cache, stats, lifetimes=Lifetimes(moving=1.5)).store, a_job()
    await truth.create(job)
    redis_server.freeze()
    await store.advance(job.id, Claimed(worker="w"), now=1.0)  # its put waits in the socket
    put_by = time.monotonic()
    newest = await truth.advance(job.id, CancelRequested(), now=2.0)
    await until(lambda: not cache.state().enabled and time.monotonic() > put_by + 1.6, 5.0)
    redis_server.thaw()
    await until(lambda: redis_server.ask(f"EXISTS {key(job.id)}") == "1", 2.0)
    await until(lambda: cache.state().enabled, 5.0)
    answer = await poll(store, job)

    assert (answer.hit, answer.document) == (False, newest.document)
