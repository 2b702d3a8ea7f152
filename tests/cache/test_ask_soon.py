"""Polls that ask Redis without a task each: told once, in time, and only what may be given out."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from cache import Cache, CachedJobs, CacheStats, Memory
from counted_store import CountedStore
from dev_servers import RedisServer
from example_jobs import RecordedDelivery, a_job, some_jobs
from jobs import Answer, CancelRequested, Database, Document, Job, SqlJobs, new_id
from recall_bench import RecallBench

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
OWNER = "default"


async def told(store: CachedJobs, *polls: tuple[str, int], owner: str = OWNER) -> list[Document]:
    """The documents told of; fails unless each poll is told of once, and none before its turn."""
    answers, done = list[Answer | None](), asyncio.Event()

    def tell(answer: Answer | None) -> None:
        answers.append(answer)
        if len(answers) == len(polls):
            done.set()

    for job_id, floor in polls:
        assert store.ask_soon(job_id, floor, owner, tell=tell)
        assert answers == []
    async with asyncio.timeout(5.0):
        await done.wait()
    await asyncio.sleep(0)
    assert len(answers) == len(polls)
    return [answer.document for answer in answers if answer and answer.document]


async def test_polls_of_one_turn_are_one_command_and_each_is_told_its_own(
    store: CachedJobs, stats: CacheStats, redis_server: RedisServer
) -> None:
    jobs = await some_jobs(store, 30)
    redis_server.ask("CONFIG RESETSTAT")
    found = await told(store, *((job.id, 0) for job in [*jobs, jobs[0]]))

    assert sorted(it.id for it in found) == sorted(it.id for it in [*jobs, jobs[0]])
    assert redis_server.facts("INFO commandstats")["cmdstat_mget"].startswith("calls=1,")
    assert stats.snapshot()["hits_by"]["redis"] == 31


async def test_what_is_not_for_this_client_is_told_as_none_and_not_counted(
    store: CachedJobs, stats: CacheStats, truth: SqlJobs
) -> None:
    (job,) = await some_jobs(store, 1)
    elsewhere = a_job()
    await truth.create(elsewhere)

    assert await told(store, (job.id, 2), (elsewhere.id, 0), (new_id(1.0), 0)) == []
    assert await told(store, (job.id, 0), owner="mallory") == []
    assert stats.snapshot()["total_requests"] == 0


async def test_the_newest_version_is_told(store: CachedJobs) -> None:
    (job,) = await some_jobs(store, 1)
    change = await store.advance(job.id, CancelRequested(), now=1.0)

    assert await told(store, (job.id, 2)) == [change.document]


def never(answer: Answer | None) -> None:
    raise AssertionError("it was told, though it was not asked")


async def test_where_redis_is_not_asked_nobody_is_told(
    store: CachedJobs, stats: CacheStats, redis_server: RedisServer, truth: SqlJobs
) -> None:
    (job,) = await some_jobs(store, 1)
    redis_server.kill()
    while stats.snapshot()["redis_enabled"]:
        await told_or_not(store, job)

    assert not store.ask_soon(job.id, 0, OWNER, tell=never)
    assert not store.ask_soon("no job id", 0, OWNER, tell=never)


async def told_or_not(store: CachedJobs, job: Job) -> None:
    done = asyncio.Event()
    if store.ask_soon(job.id, 0, OWNER, tell=lambda _: done.set()):
        await asyncio.wait_for(done.wait(), 5.0)


async def test_while_redis_is_frozen_everybody_is_told_none_when_the_budget_ends(
    truth: SqlJobs, redis_server: RedisServer, open_at: Open
) -> None:
    cache, stats = await open_at(redis_server.url, budget_seconds=1.0)
    store = Memory(truth, cache, stats).store
    jobs = await some_jobs(store, 20)
    redis_server.freeze()
    began = time.monotonic()
    found = await told(store, *((job.id, 0) for job in jobs))
    took = time.monotonic() - began
    redis_server.thaw()

    assert found == []
    assert took < 1.0 + 0.9
    assert stats.snapshot()["errors"]["timeout"] >= 1
    assert stats.snapshot()["total_requests"] == 0


@pytest.fixture
async def bench(database: Database, delivery: RecordedDelivery) -> RecallBench:
    return RecallBench(CountedStore(database, delivery))


async def recalled(bench: RecallBench, job_id: str, meanwhile: Callable[[], None]) -> Answer | None:
    answers: asyncio.Queue[Answer | None] = asyncio.Queue()
    assert bench.recall.ask_redis(job_id, lambda answer: answer, answers.put_nowait)
    meanwhile()
    return await asyncio.wait_for(answers.get(), 5.0)


async def test_what_is_known_by_the_end_of_the_wait_decides(bench: RecallBench) -> None:
    old, new = await bench.two_versions()
    bench.know(old)
    bench.share(old)
    answer = await recalled(bench, old.id, lambda: None)

    assert answer is not None
    assert answer.document == old
    assert await recalled(bench, old.id, lambda: bench.keep(new)) is None


async def test_a_proof_that_ended_meanwhile_leaves_it_to_the_lifetime(bench: RecallBench) -> None:
    _, new = await bench.two_versions()
    bench.know(new)
    bench.share(new, ago=31.0)
    assert await recalled(bench, new.id, lambda: None) is not None

    def lose() -> None:
        bench.proof.end()

    assert await recalled(bench, new.id, lose) is None


async def test_while_the_database_seems_away_redis_is_not_asked(bench: RecallBench) -> None:
    bench.proof.failing = True

    assert not bench.recall.ask_redis(new_id(1.0), never, never)
    assert bench.cache.asked == []
