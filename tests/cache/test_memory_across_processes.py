"""Whole memories over one database: what one changes, the others see."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from cache import CacheStats, Memory, open_cache, parse_redis_url
from counted_store import CountedStore, poll
from dev_servers import RedisServer
from example_jobs import RecordedDelivery, a_job
from jobs import Claimed, Database, Progressed, migrate, open_database, render
from memory_bench import BrokenChanges, Processes, Recorder, Until


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Both databases in turn: their feeds differ."""
    database = open_database(database_url)
    await migrate(database)
    yield database
    await database.close()


@pytest.fixture
def truth(database: Database, delivery: RecordedDelivery) -> CountedStore:
    return CountedStore(database, delivery)


async def test_without_redis_a_change_is_seen_by_the_others_within_half_a_second(
    truth: CountedStore, processes: Processes, until: Until, record_property: Recorder
) -> None:
    here, there = await processes.open(truth), await processes.open(truth)
    job = a_job()
    await here.store.create(job)
    await processes.poll(there, job)
    before = truth.polls
    change = await here.store.advance(job.id, Claimed(worker="w"), now=1.0)
    took = await until(lambda: there.knows(job.id, 2), 2.0)

    record_property("seconds", took)
    assert (await poll(there.store, job)).document == change.document
    assert truth.polls == before
    assert took < 1.0  # half a second, and as much for a busy machine


async def test_a_writer_that_dies_before_the_cache_is_told_is_mended_near_and_in_redis(
    truth: CountedStore,
    processes: Processes,
    redis_server: RedisServer,
    until: Until,
    record_property: Recorder,
) -> None:
    both = [await processes.open(truth, redis_server.url) for _ in range(2)]
    job = a_job()
    await both[0].store.create(job)
    await processes.poll(both[1], job)
    change = await truth.advance(job.id, Claimed(worker="w"), now=1.0)
    near = await until(lambda: all(process.knows(job.id, 2) for process in both), 2.0)
    redis = near + await until(lambda: sum(process.mended for process in both) > 0, 2.0)
    await until(lambda: all(len(process.memory.mending) == 0 for process in both), 2.0)

    record_property("near_seconds", near)
    record_property("redis_seconds", redis)
    assert await both[0].shared(job.id) == 2
    assert sum(process.mended for process in both) == 1
    assert (await poll(both[1].store, job)).document == change.document


async def test_a_change_is_mended_in_redis_also_where_nobody_polls_the_job(
    truth: CountedStore, processes: Processes, redis_server: RedisServer, until: Until
) -> None:
    both = [await processes.open(truth, redis_server.url) for _ in range(2)]
    job = a_job()
    await truth.create(job)
    await until(lambda: all(process.told(job.id, 1) for process in both), 2.0)
    await truth.advance(job.id, Claimed(worker="w"), now=1.0)
    await until(lambda: all(process.told(job.id, 2) for process in both), 2.0)
    await until(lambda: sum(process.mended for process in both) > 0, 5.0)
    await until(lambda: all(len(process.memory.mending) == 0 for process in both), 5.0)

    assert await both[0].shared(job.id) == 2
    assert [process.memory.near.entries for process in both] == [0, 0]


async def test_without_a_change_log_no_document_is_remembered_here(truth: CountedStore) -> None:
    stats = CacheStats()
    memory = Memory(truth, open_cache(parse_redis_url("none"), stats), stats)
    job = a_job()
    await memory.store.create(job)
    answers = [await poll(memory.store, job) for _ in range(2)]

    assert [(answer.document, answer.hit) for answer in answers] == [(render(job), False)] * 2
    assert memory.near.entries == 0


class TestWithRedis:
    """Where the database does not matter, the default one is enough."""

    @pytest.fixture
    def database_url(self, sqlite_url: str) -> str:
        return sqlite_url

    async def test_the_push_alone_brings_a_change_in_milliseconds(
        self,
        truth: CountedStore,
        database: Database,
        processes: Processes,
        redis_server: RedisServer,
        until: Until,
        record_property: Recorder,
    ) -> None:
        here = await processes.open(truth, redis_server.url)
        feed = BrokenChanges(database)
        there = await processes.open(truth, redis_server.url, changes=feed)
        job = a_job()
        await here.store.create(job)
        await processes.poll(there, job)
        before = truth.polls
        feed.deaf = True
        change = await here.store.advance(job.id, Claimed(worker="w"), now=1.0)
        took = await until(lambda: there.knows(job.id, 2), 1.0)

        record_property("seconds", took)
        assert (await poll(there.store, job)).document == change.document
        assert truth.polls == before

    async def test_what_redis_missed_while_it_was_away_is_put_when_it_is_back(
        self,
        truth: CountedStore,
        processes: Processes,
        redis_server: RedisServer,
        until: Until,
        record_property: Recorder,
    ) -> None:
        here = await processes.open(truth, redis_server.url)
        job = a_job()
        await here.store.create(job)
        redis_server.kill()
        await here.store.advance(job.id, Claimed(worker="w"), now=1.0)
        await until(lambda: len(here.memory.mending) == 1, 2.0)
        newest = await here.store.advance(
            job.id, Progressed(fence=1, percent=50.0, phase="encode"), now=2.0
        )
        assert (await poll(here.store, job)).document == newest.document
        redis_server.start()
        await until(lambda: here.cache.state().enabled, 10.0)
        record_property("seconds", await until(lambda: here.mended > 0, 5.0))
        async with asyncio.timeout(5.0):  # the feed may tell of the last change after the first put
            while await here.shared(job.id) != newest.document.version:  # noqa: ASYNC110 - a server
                await asyncio.sleep(0.005)

    async def test_a_change_that_redis_was_told_of_is_not_put_again(
        self,
        truth: CountedStore,
        processes: Processes,
        redis_server: RedisServer,
        until: Until,
    ) -> None:
        both = [await processes.open(truth, redis_server.url) for _ in range(2)]
        marker, jobs = a_job(), [a_job() for _ in range(20)]
        for job in jobs:
            await both[0].store.create(job)
        await truth.create(marker)  # only this one is missing
        await until(lambda: sum(process.mended for process in both) > 0, 5.0)
        await until(lambda: all(len(process.memory.mending) == 0 for process in both), 5.0)

        assert sum(process.mended for process in both) == 1
        assert both[0].stats.snapshot()["puts"]["stored"] in (20, 21)
