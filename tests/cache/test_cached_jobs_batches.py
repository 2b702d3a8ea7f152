"""A store with a memory asked for many jobs at once, over a real database and a real Redis."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from cache import Cache, CachedJobs, CacheStats, Memory
from cache.entry import encode, key
from counted_store import CountedStore, batch, poll
from dev_servers import RedisServer
from example_jobs import RecordedDelivery, a_job, some_jobs
from jobs import Claimed, Database, Document, StoreUnavailable, new_id, render
from memory_bench import Processes
from put_alone import put_alone

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]


@pytest.fixture
def truth(database: Database, delivery: RecordedDelivery) -> CountedStore:
    return CountedStore(database, delivery)


async def test_a_cold_batch_is_one_read_and_fills_redis_for_other_processes(
    truth: CountedStore, redis_server: RedisServer, open_at: Open
) -> None:
    jobs = await some_jobs(truth, 100)
    first, stats = await open_at(redis_server.url)
    cold = await batch(Memory(truth, first, stats).store, *jobs)
    second, other = await open_at(redis_server.url)
    warm = await batch(Memory(truth, second, other).store, *jobs)

    assert [answer.document for answer in cold] == [render(job) for job in jobs]
    assert {(answer.forward, answer.stored) for answer in cold} == {("miss", True)}
    assert [answer.document for answer in warm] == [answer.document for answer in cold]
    assert {(answer.hit, answer.detail) for answer in warm} == {(True, "redis")}
    assert truth.polls == 1


async def test_every_job_of_a_batch_counts_as_a_poll_and_a_read_once(
    store: CachedJobs, truth: CountedStore, stats: CacheStats
) -> None:
    known, newer, forgotten = a_job(), a_job(), a_job()
    await store.create(known)
    await store.create(newer)
    await truth.create(forgotten)
    await truth.advance(newer.id, Claimed(worker="w"), now=1.0)
    wanted = {known.id: 0, newer.id: 2, forgotten.id: 0, new_id(1.0): 0}
    await store.statuses(wanted, owner="default")
    numbers = stats.snapshot()

    assert numbers["hits_by"] == {"near": 0, "redis": 1}
    assert numbers["missed_by"] == {"miss": 2, "stale": 1, "bypass": 0, "outage": 0, "error": 0}
    assert (numbers["total_requests"], numbers["database_reads"]) == (4, 2)


async def test_a_batch_without_an_answer_counts_an_error_for_each(
    store: CachedJobs, truth: CountedStore, stats: CacheStats
) -> None:
    known, forgotten = a_job(), a_job()
    await store.create(known)
    await truth.create(forgotten)
    truth.down = True
    with pytest.raises(StoreUnavailable):
        await batch(store, known, forgotten)

    assert (await batch(store, known))[0].document == render(known)
    assert stats.snapshot()["missed_by"]["error"] == 2
    assert stats.snapshot()["total_requests"] == 3


async def test_another_owners_jobs_are_as_no_jobs_whatever_floors_are_brought(
    store: CachedJobs, truth: CountedStore
) -> None:
    jobs = [a_job(owner="alice") for _ in range(3)]
    for job in jobs[:2]:
        await store.create(job)
    await truth.create(jobs[2])
    for floor in (0, 10**9):
        for_bob = await batch(store, *jobs, owner="bob", floor=floor)
        assert [answer.document for answer in for_bob] == [None] * 3

    for_alice = await batch(store, *jobs, owner="alice")
    assert [answer.document for answer in for_alice] == [render(job) for job in jobs]
    assert truth.asked == [[jobs[2].id]]


async def test_planted_and_newer_values_of_others_are_no_answers_in_a_batch_either(
    store: CachedJobs, truth: CountedStore, opened: tuple[Cache, CacheStats]
) -> None:
    job, other = a_job(), a_job()
    document = await truth.create(job)
    await store.create(other)
    planted = Document(
        id=job.id, owner="mallory", version=99, done=False, gone=False, retry_after=1, body=b"{}"
    )
    value = encode(planted, time.time() - 31.0)
    await put_alone(opened[0], key(job.id), value)
    found = await batch(store, job, other)

    assert [answer.document for answer in found] == [document, render(other)]
    assert [(answer.hit, answer.stored) for answer in found] == [(False, False), (True, False)]


async def test_while_redis_is_frozen_a_batch_is_late_by_the_budget_and_no_more(
    truth: CountedStore, redis_server: RedisServer, open_at: Open
) -> None:
    store = Memory(truth, *await open_at(redis_server.url, budget_seconds=0.05)).store
    jobs = await some_jobs(truth, 100)
    redis_server.freeze()
    began = asyncio.get_running_loop().time()
    found = [await batch(store, *jobs) for _ in range(10)]

    assert [answer.document for answer in found[-1]] == [render(job) for job in jobs]
    assert {answer.forward for one in found for answer in one} <= {"bypass", "miss"}
    assert asyncio.get_running_loop().time() - began < 1.5  # five times the budget, and ten reads


async def test_a_batch_at_hand_asks_nobody_and_the_auditor_is_told_of_each(
    truth: CountedStore, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await processes.open(truth)
    jobs = await some_jobs(truth, 100)
    await batch(here.store, *jobs)
    served: list[object] = []
    monkeypatch.setattr(here.store, "_served", served.append)
    found = await batch(here.store, *jobs)

    assert {(answer.hit, answer.detail) for answer in found} == {(True, "near")}
    assert served == found
    assert truth.polls == 1


async def test_a_change_is_in_the_next_batch_and_in_the_next_poll(
    store: CachedJobs, truth: CountedStore
) -> None:
    first, second = a_job(), a_job()
    await store.create(first)
    await store.create(second)
    await batch(store, first, second)
    change = await store.advance(second.id, Claimed(worker="w"), now=1.0)

    assert [answer.document for answer in await batch(store, first, second)] == [
        render(first),
        change.document,
    ]
    assert (await poll(store, second)).document == change.document
    assert truth.polls == 0
