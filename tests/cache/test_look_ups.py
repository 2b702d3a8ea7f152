"""Look-ups of many jobs by many at once: shared, judged when they are given, none left out."""

import asyncio

import pytest

from cache import CacheStats, Lifetimes, Memory
from cache.floor_reads import BEAT_SECONDS
from counted_store import CountedStore, batch, poll
from example_jobs import RecordedDelivery, a_job, some_jobs
from jobs import Claimed, Database, render
from memory_bench import BrokenChanges, MovedClock, Process, Processes
from scripted_cache import ScriptedCache


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
    truth: CountedStore,
    changes: BrokenChanges,
    clock: MovedClock,
    processes: Processes,
) -> Process:
    """One whose feed is proven, but never tells of a change."""
    changes.deaf = True
    return await processes.open(
        truth, changes=changes, clock=clock, lifetimes=Lifetimes(negative=30.0)
    )


async def test_fifty_equal_batches_of_cold_jobs_are_one_read(
    here: Process, truth: CountedStore
) -> None:
    jobs = await some_jobs(truth, 100)
    waiting = truth.close_door()
    asking = [asyncio.create_task(batch(here.store, *jobs)) for _ in range(50)]
    await waiting.wait()
    truth.open_door()
    found = await asyncio.gather(*asking)

    assert [[answer.document for answer in one] for one in found] == [
        [render(job) for job in jobs]
    ] * 50
    assert (truth.polls, here.reads) == (1, 1)
    assert all(answer.hit for answer in await batch(here.store, *jobs))


async def test_a_batch_and_polls_share_what_is_under_way(
    here: Process, truth: CountedStore
) -> None:
    first, second, third = await some_jobs(truth, 3)
    waiting = truth.close_door()
    asking = [asyncio.create_task(batch(here.store, first))]
    await waiting.wait()
    waiting.clear()
    asking += [asyncio.create_task(batch(here.store, first, second, third))]
    await waiting.wait()
    asking += [asyncio.create_task(batch(here.store, job)) for job in (second, third, first)]
    await asyncio.sleep(0)
    truth.open_door()
    found = await asyncio.gather(*asking)

    assert [len(answers) for answers in found] == [1, 3, 1, 1, 1]
    assert truth.asked == [[first.id], [second.id, third.id]]


async def test_whoever_leaves_a_batch_harms_nobody(here: Process, truth: CountedStore) -> None:
    first, second = await some_jobs(truth, 2)
    waiting = truth.close_door()
    leaver = asyncio.create_task(batch(here.store, first, second))
    await waiting.wait()
    stays = asyncio.create_task(poll(here.store, second))
    await asyncio.sleep(0)
    leaver.cancel()
    truth.open_door()

    assert (await stays).document == render(second)
    assert truth.polls == 1


async def test_who_has_seen_newer_of_some_gets_it_by_one_read_more(
    here: Process, truth: CountedStore
) -> None:
    ahead, other, near, cold = await some_jobs(truth, 4)
    await batch(here.store, ahead, other, near)
    newest = [
        (await truth.advance(job.id, Claimed(worker="w"), now=1.0)).document
        for job in (ahead, other)
    ]
    wanted = {ahead.id: 2, cold.id: 9, near.id: 1, other.id: 2}
    found = await here.store.statuses(wanted, owner="default")

    assert [found[job.id].document for job in (ahead, other)] == newest
    assert [found[job.id].document for job in (cold, near)] == [render(cold), render(near)]
    assert [found[job.id].forward for job in (ahead, cold)] == ["stale", "bypass"]
    assert truth.asked[1:] == [[cold.id], [ahead.id, other.id]]


async def test_made_up_floors_of_a_hundred_jobs_are_a_few_reads(
    here: Process, truth: CountedStore
) -> None:
    jobs = await some_jobs(truth, 100)
    await batch(here.store, *jobs)
    began = asyncio.get_running_loop().time()

    async def come(number: int) -> None:
        await asyncio.sleep(number / 100)
        await batch(here.store, *jobs, floor=10**9)

    await asyncio.gather(*(come(number) for number in range(50)))
    beats = (asyncio.get_running_loop().time() - began) / BEAT_SECONDS

    assert 1 < truth.polls <= beats + 2


async def test_what_redis_has_is_asked_for_once(truth: CountedStore) -> None:
    cache = ScriptedCache()
    store = Memory(truth, cache, CacheStats()).store
    jobs = [a_job() for _ in range(3)]
    for job in jobs:
        await store.create(job)
    found = await batch(store, *jobs)

    assert [answer.detail for answer in found] == ["redis"] * 3
    assert (len(cache.asked), truth.polls) == (1, 0)


async def test_what_changed_while_others_of_the_batch_were_looked_up_is_judged_again(
    here: Process, truth: CountedStore, clock: MovedClock
) -> None:
    near, cold = await some_jobs(truth, 2)
    await poll(here.store, near)
    waiting = truth.close_door()
    asking = asyncio.create_task(batch(here.store, near, cold))
    await waiting.wait()
    change = await here.store.advance(near.id, Claimed(worker="w"), now=1.0)
    clock.ahead += 0.2  # long enough to look again
    truth.open_door()

    assert [answer.document for answer in await asking] == [change.document, render(cold)]
    assert truth.asked == [[near.id], [cold.id]]


async def test_what_is_not_proven_any_more_by_then_is_asked_of_the_database(
    here: Process, truth: CountedStore, clock: MovedClock, changes: BrokenChanges
) -> None:
    near, cold = await some_jobs(truth, 2)
    await poll(here.store, near)
    waiting = truth.close_door()
    asking = asyncio.create_task(batch(here.store, near, cold))
    await waiting.wait()
    newest = (await truth.advance(near.id, Claimed(worker="w"), now=1.0)).document
    changes.down = True
    clock.ahead += 5.0
    truth.open_door()

    assert [answer.document for answer in await asking] == [newest, render(cold)]
    assert truth.asked == [[near.id], [cold.id], [near.id]]
