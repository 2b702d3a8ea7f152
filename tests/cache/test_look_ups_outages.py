"""Look-ups of many jobs while the database is away: all are answered, or none."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from counted_store import CountedStore, batch, poll
from example_jobs import RecordedDelivery, a_job
from jobs import Database, Job, StoreUnavailable, render
from memory_bench import BrokenChanges, MovedClock, Process, Processes, Until

Lose = Callable[[Process], Awaitable[None]]


@pytest.fixture
def truth(database: Database, delivery: RecordedDelivery) -> CountedStore:
    return CountedStore(database, delivery)


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def changes(database: Database) -> BrokenChanges:
    return BrokenChanges(database)


@pytest.fixture
async def here(
    truth: CountedStore, changes: BrokenChanges, clock: MovedClock, processes: Processes
) -> Process:
    return await processes.open(truth, changes=changes, clock=clock)


@pytest.fixture
def lose_database(
    truth: CountedStore, changes: BrokenChanges, clock: MovedClock, until: Until
) -> Lose:
    """For polls and feed alike; returns once the feed has noticed."""

    async def lose(here: Process) -> None:
        truth.down = changes.down = True
        clock.ahead += 1.5
        feed = here.memory.feed
        assert feed
        await until(lambda: feed.failing, 5.0)

    return lose


async def some(here: Process, number: int) -> list[Job]:
    """Jobs that are remembered here."""
    jobs = [a_job() for _ in range(number)]
    for job in jobs:
        await here.store.create(job)
    return jobs


async def test_in_an_outage_all_that_is_remembered_is_given_and_marked(
    here: Process, lose_database: Lose
) -> None:
    jobs = await some(here, 5)
    await lose_database(here)
    found = await batch(here.store, *jobs)

    assert [answer.document for answer in found] == [render(job) for job in jobs]
    assert {(answer.stale, answer.forward) for answer in found} == {(True, "stale")}


async def test_but_of_what_is_not_remembered_nobody_is_told_that_it_is_missing(
    here: Process, lose_database: Lose
) -> None:
    (known,), cold = await some(here, 1), a_job()
    await lose_database(here)
    for jobs in ((known, cold), (cold, known)):
        with pytest.raises(StoreUnavailable):
            await batch(here.store, *jobs)

    assert (await poll(here.store, known)).stale


async def test_nor_is_anybody_given_less_than_was_seen(here: Process, lose_database: Lose) -> None:
    first, second = await some(here, 2)
    await lose_database(here)
    with pytest.raises(StoreUnavailable):
        await here.store.statuses({first.id: 0, second.id: 2}, owner="default")


async def test_a_database_that_hangs_gives_what_is_old_soon_and_is_unavailable_in_the_end(
    here: Process, truth: CountedStore, clock: MovedClock
) -> None:
    here.memory._flights._seconds = 1.5
    (first, second), cold = await some(here, 2), a_job()
    clock.ahead += 1.6
    truth.close_door()
    began = asyncio.get_running_loop().time()
    found = await batch(here.store, first, second)
    took = asyncio.get_running_loop().time() - began

    assert [answer.stale for answer in found] == [True, True]
    assert took < 1.5
    with pytest.raises(StoreUnavailable):
        await batch(here.store, first, cold)
