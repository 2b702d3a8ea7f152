"""A store with a memory never tells the past to somebody who could know better."""

import asyncio

import pytest

from cache import Cache, CachedJobs, CacheStats
from cache.entry import encode, key
from dev_servers import RedisServer
from example_jobs import RecordedDelivery, a_job
from jobs import (
    Answer,
    Claimed,
    Database,
    Document,
    Job,
    JobStore,
    SqlJobs,
    render,
)
from put_alone import put_alone


class Doored(SqlJobs):
    """The database's store with a door: from `close` on, answers wait behind it until it opens."""

    door: asyncio.Event | None = None

    def close(self) -> asyncio.Event:
        """Gives the event that is set once an answer waits."""
        self.door, self.waiting = asyncio.Event(), asyncio.Event()
        return self.waiting

    def open(self) -> None:
        if self.door:
            self.door.set()

    async def status(self, job_id: str, *, owner: str | None, floor: int = 0) -> Answer:
        answer = await super().status(job_id, owner=owner, floor=floor)
        if self.door:
            self.waiting.set()
            await self.door.wait()
        return answer


@pytest.fixture
def truth(database: Database, delivery: RecordedDelivery) -> Doored:
    return Doored(database, delivery)


async def poll(store: JobStore, job: Job, *, owner: str = "default", floor: int = 0) -> Answer:
    return await store.status(job.id, owner=owner, floor=floor)


async def test_a_client_that_has_seen_newer_is_answered_by_the_database(
    store: CachedJobs, truth: Doored
) -> None:
    job = a_job()
    await store.create(job)
    change = await truth.advance(job.id, Claimed(worker="w"), now=1.0)  # the cache is not told
    behind, ahead = await poll(store, job, floor=1), await poll(store, job, floor=2)

    assert behind.document == render(job)
    assert (ahead.hit, ahead.forward, ahead.stored) == (False, "stale", True)
    assert ahead.document == change.document
    assert (await poll(store, job)).document == change.document


async def test_a_made_up_floor_gets_the_newest_there_is(store: CachedJobs) -> None:
    job = a_job()
    await store.create(job)
    answer = await poll(store, job, floor=10**12)

    assert (answer.document, answer.stored) == (render(job), False)


async def test_a_late_reader_neither_brings_back_nor_tells_the_past(
    store: CachedJobs, truth: Doored, redis_server: RedisServer
) -> None:
    job = a_job()
    await truth.create(job)
    waiting = truth.close()
    late = asyncio.create_task(poll(store, job))
    await waiting.wait()  # it holds version 1 in its hands ...
    change = await store.advance(job.id, Claimed(worker="w"), now=1.0)  # ... and now there is 2
    truth.open()
    answer = await late

    assert (answer.document, answer.hit, answer.stored) == (change.document, False, False)
    assert (await poll(store, job)).document == change.document


async def test_a_newer_value_of_another_owner_is_never_taken_for_the_answer(
    store: CachedJobs, truth: Doored, opened: tuple[Cache, CacheStats]
) -> None:
    job = a_job()
    await truth.create(job)
    planted = Document(
        id=job.id, owner="mallory", version=99, done=False, gone=False, retry_after=1, body=b"{}"
    )
    waiting = truth.close()
    reader = asyncio.create_task(poll(store, job))
    await waiting.wait()
    await put_alone(opened[0], key(job.id), encode(planted, 1.0))
    truth.open()

    assert (await reader).document == render(job)
