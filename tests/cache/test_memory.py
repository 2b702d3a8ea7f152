"""A whole memory, with its near tier, over a real database and a real Redis."""

import asyncio

import pytest

from cache import CachedJobs, Lifetimes, NearKnobs
from counted_store import CountedStore, poll
from dev_servers import RedisServer
from example_jobs import RecordedDelivery, a_job
from job_store_conformance import JobStoreConformance
from jobs import Claimed, Database, new_id, render
from memory_bench import BrokenChanges, Processes, Recorder, Until


@pytest.fixture
def truth(database: Database, delivery: RecordedDelivery) -> CountedStore:
    return CountedStore(database, delivery)


@pytest.fixture(params=["with", "without"])
def url(request: pytest.FixtureRequest, redis_server: RedisServer) -> str:
    """With Redis, and without."""
    return redis_server.url if request.param == "with" else "none"


class TestMemory(JobStoreConformance):
    """The face's promises hold with a near tier, with Redis and without."""

    @pytest.fixture
    async def store(self, truth: CountedStore, processes: Processes, url: str) -> CachedJobs:
        return (await processes.open(truth, url)).store


async def test_what_was_changed_here_is_answered_near_and_costs_no_read(
    truth: CountedStore, processes: Processes, url: str
) -> None:
    here = await processes.open(truth, url)
    job = a_job()
    await here.store.create(job)
    change = await here.store.advance(job.id, Claimed(worker="w"), now=1.0)
    answers = [await poll(here.store, job) for _ in range(100)]

    assert {(answer.document, answer.detail) for answer in answers} == {(change.document, "near")}
    assert truth.polls == 0
    assert here.stats.snapshot()["hits_by"] == {"near": 100, "redis": 0}


async def test_five_hundred_polls_of_a_cold_job_in_two_processes_are_two_reads(
    truth: CountedStore, processes: Processes, url: str
) -> None:
    both = [await processes.open(truth, url), await processes.open(truth, url)]
    job = a_job()
    await truth.create(job)
    await processes.forget(job)
    answers = await asyncio.gather(*(poll(both[number % 2].store, job) for number in range(500)))

    assert {answer.document for answer in answers} == {render(job)}
    assert [process.reads for process in both] == [1, 1]


async def test_one_waiter_who_leaves_affects_nobody(
    truth: CountedStore, processes: Processes, url: str
) -> None:
    here = await processes.open(truth, url, changes=BrokenChanges(truth._database))
    job = a_job()
    await truth.create(job)
    await processes.forget(job)
    waiting = truth.close_door()
    polls = [asyncio.create_task(poll(here.store, job)) for _ in range(50)]
    await waiting.wait()
    polls[0].cancel()
    await asyncio.wait([polls[0]])
    truth.open_door()
    answers = await asyncio.gather(*polls[1:])

    assert polls[0].cancelled()
    assert [answer.document for answer in answers] == [render(job)] * 49
    assert truth.polls == 1


async def test_a_poll_that_comes_after_a_change_here_never_shares_an_older_read(
    truth: CountedStore, processes: Processes
) -> None:
    here = await processes.open(truth, near=NearKnobs(entries=0))  # or near would answer
    job = a_job()
    await truth.create(job)
    waiting = truth.close_door()
    before = asyncio.create_task(poll(here.store, job))
    await waiting.wait()
    change = await here.store.advance(job.id, Claimed(worker="w"), now=1.0)
    after = asyncio.create_task(poll(here.store, job))
    await asyncio.sleep(0)
    truth.open_door()

    assert (await after).document == change.document
    assert (await before).document == render(job)


async def test_a_made_up_id_costs_one_read_within_its_lifetime(
    truth: CountedStore, processes: Processes, url: str
) -> None:
    here = await processes.open(truth, url, lifetimes=Lifetimes(negative=30.0))
    job_id = new_id(1.0)
    answers = [await here.store.status(job_id, owner="default") for _ in range(100)]

    assert {answer.document for answer in answers} == {None}
    assert here.reads == 1


async def test_a_creation_here_ends_that_there_is_no_such_job(
    truth: CountedStore, processes: Processes, url: str
) -> None:
    here = await processes.open(truth, url, lifetimes=Lifetimes(negative=30.0))
    job = a_job()
    before = await poll(here.store, job)
    await here.store.create(job)
    after = await poll(here.store, job)

    assert (before.document, after.document) == (None, render(job))


async def test_a_creation_elsewhere_ends_it_as_soon_as_the_feed_tells(
    truth: CountedStore, processes: Processes, url: str, until: Until, record_property: Recorder
) -> None:
    here = await processes.open(truth, url, lifetimes=Lifetimes(negative=30.0))
    job = a_job()
    await poll(here.store, job)
    await truth.create(job)
    took = await until(lambda: here.told(job.id, 1), 2.0)

    record_property("seconds", took)
    assert (await poll(here.store, job)).document == render(job)


@pytest.mark.parametrize("near", [NearKnobs(entries=0), NearKnobs(size=0), NearKnobs(entries=1)])
async def test_with_little_or_no_near_tier_everything_works_the_same(
    truth: CountedStore, processes: Processes, url: str, near: NearKnobs
) -> None:
    here = await processes.open(truth, url, near=near)
    jobs = [a_job(), a_job()]
    for job in jobs:
        await here.store.create(job)
    changes = [await here.store.advance(job.id, Claimed(worker="w"), now=1.0) for job in jobs]
    answers = [await poll(here.store, job) for job in jobs]

    assert [answer.document for answer in answers] == [change.document for change in changes]
    assert here.memory.near.entries <= near.entries


async def test_the_statistics_tell_of_near_tier_and_feed(
    truth: CountedStore, processes: Processes
) -> None:
    here = await processes.open(truth)
    await here.store.create(a_job())
    numbers = here.stats.snapshot()

    assert numbers["near"]["entries"] == 1
    assert numbers["near"]["bytes"] > 500
    assert numbers["feed"]["proven"]
    assert numbers["feed"]["age_seconds"] < 1.5
    assert (numbers["feed"]["push"], numbers["feed"]["to_mend"]) == (False, 0)


async def test_after_a_stop_nothing_of_it_runs_any_more(
    truth: CountedStore, processes: Processes, url: str
) -> None:
    before = asyncio.all_tasks()
    here = await processes.open(truth, url)
    job = a_job()
    await truth.create(job)
    await processes.forget(job)
    waiting = truth.close_door()
    left = asyncio.create_task(poll(here.store, job))
    await waiting.wait()
    await here.memory.stop()
    await asyncio.wait([left])

    assert left.cancelled()
    assert {task for task in asyncio.all_tasks() if not task.done()} <= before
    assert not here.memory.feed or not here.memory.feed.proven
