"""A whole memory asked by clients that have seen newer, or say so."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from cache import Lifetimes
from cache.floor_reads import BEAT_SECONDS
from counted_store import CountedStore, poll
from example_jobs import RecordedDelivery, a_job
from jobs import Claimed, Database, Document, Job, SqlJobs, StoreUnavailable, render
from memory_bench import BrokenChanges, Process, Processes, Until


@pytest.fixture
def truth(database: Database, delivery: RecordedDelivery) -> CountedStore:
    return CountedStore(database, delivery)


@pytest.fixture
async def here(truth: CountedStore, database: Database, until: Until) -> AsyncIterator[Process]:
    """One whose feed is proven, but never tells of a change."""
    changes = BrokenChanges(database)
    changes.deaf = True
    processes = Processes(database, until)
    yield await processes.open(truth, changes=changes, lifetimes=Lifetimes(negative=30.0))
    await processes.close()


async def test_who_has_seen_newer_gets_it_and_so_does_everybody_after(
    here: Process, truth: CountedStore
) -> None:
    job = a_job()
    await here.store.create(job)
    newest = (await truth.advance(job.id, Claimed(worker="w"), now=1.0)).document
    before = await poll(here.store, job, floor=1)
    ahead = await poll(here.store, job, floor=2)
    after = await poll(here.store, job)

    assert (before.document, before.hit) == (render(job), True)
    assert (ahead.document, ahead.hit, ahead.forward) == (newest, False, "stale")
    assert (after.document, after.hit) == (newest, True)
    assert truth.polls == 1


async def test_a_thousand_made_up_floors_are_a_few_reads(
    here: Process, truth: CountedStore
) -> None:
    job = a_job()
    await here.store.create(job)
    began = asyncio.get_running_loop().time()

    async def come(number: int) -> object:
        await asyncio.sleep(number / 1000)
        return (await poll(here.store, job, floor=10**9)).document

    documents = await asyncio.gather(*(come(number) for number in range(1000)))
    beats = (asyncio.get_running_loop().time() - began) / BEAT_SECONDS

    assert documents == [render(job)] * 1000
    assert truth.polls <= beats + 1


@pytest.mark.parametrize("exists", [True, False])
async def test_a_floor_on_a_cold_job_costs_no_second_read(
    here: Process, truth: CountedStore, exists: bool
) -> None:
    job = a_job()
    if exists:
        await truth.create(job)
    answer = await poll(here.store, job, floor=5)

    assert answer.document == (render(job) if exists else None)
    assert truth.polls == 1


async def test_who_comes_with_a_floor_while_others_read_is_not_given_what_they_asked_for_before(
    here: Process, truth: CountedStore
) -> None:
    job = a_job()
    await truth.create(job)
    waiting = truth.close_door()
    early = asyncio.create_task(poll(here.store, job))
    await waiting.wait()
    newest = (await truth.advance(job.id, Claimed(worker="w"), now=1.0)).document
    ahead = asyncio.create_task(poll(here.store, job, floor=2))
    await asyncio.sleep(0)
    truth.open_door()

    assert (await ahead).document == newest
    assert (await early).document == render(job)


async def test_another_owners_floor_on_a_job_tells_and_costs_nothing(
    here: Process, truth: CountedStore
) -> None:
    job = a_job()
    await here.store.create(job)
    answers = [await poll(here.store, job, owner="bob", floor=10**9) for _ in range(10)]

    assert [answer.document for answer in answers] == [None] * 10
    assert truth.polls == 0


async def test_a_database_that_hangs_is_unavailable_in_the_end(
    here: Process, truth: CountedStore
) -> None:
    here.memory._flights._seconds = 0.05
    job, cold = a_job(), a_job()
    await here.store.create(job)
    truth.close_door()

    for asked, floor in ((cold, 0), (job, 2)):
        with pytest.raises(StoreUnavailable):
            await poll(here.store, asked, floor=floor)
    assert (await poll(here.store, job)).document == render(job)


async def test_who_has_seen_a_job_is_not_told_from_memory_that_there_is_none(
    here: Process, truth: CountedStore
) -> None:
    job = a_job()
    assert (await poll(here.store, job)).document is None
    await truth.create(job)

    assert (await poll(here.store, job)).hit  # the feed has not told of it yet
    assert (await poll(here.store, job, floor=1)).document == render(job)


async def test_what_was_created_under_an_older_epoch_is_not_kept_near(
    here: Process, truth: CountedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def create_while_an_epoch_begins(job: Job) -> Document:
        document = await SqlJobs.create(truth, job)
        here.memory.near.begin({})
        return document

    monkeypatch.setattr(truth, "create", create_while_an_epoch_begins)
    await here.store.create(a_job())

    assert here.memory.near.entries == 0
