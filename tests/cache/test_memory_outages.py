"""A whole memory while the database is away: it gives out what it remembers, marked stale."""

from dataclasses import dataclass

import pytest

from cache import Lifetimes
from counted_store import CountedStore, poll
from dev_servers import RedisServer
from example_jobs import RecordedDelivery, a_job
from jobs import Claimed, Database, StoreUnavailable, render
from memory_bench import BrokenChanges, MovedClock, Process, Processes, Until


@dataclass
class Outage:
    """A process whose database goes and comes back, and whose clock a test moves."""

    process: Process
    truth: CountedStore
    changes: BrokenChanges
    clock: MovedClock
    until: Until

    async def begin(self) -> None:
        """Until it is known."""
        feed = self.process.memory.feed
        assert feed
        self.truth.down = self.changes.down = True
        self.clock.ahead += 1.5  # the last proof is over
        await self.until(lambda: feed.failing, 5.0)

    async def end(self) -> None:
        feed = self.process.memory.feed
        assert feed
        self.truth.down = self.changes.down = False
        await self.until(lambda: feed.proven, 5.0)


@pytest.fixture
def truth(database: Database, delivery: RecordedDelivery) -> CountedStore:
    return CountedStore(database, delivery)


async def an_outage(
    processes: Processes, truth: CountedStore, database: Database, until: Until, url: str
) -> Outage:
    changes, clock = BrokenChanges(database), MovedClock()
    process = await processes.open(
        truth, url, changes=changes, clock=clock, lifetimes=Lifetimes(moving=30.0)
    )
    return Outage(process, truth, changes, clock, until)


@pytest.fixture
async def outage(
    processes: Processes, truth: CountedStore, database: Database, until: Until
) -> Outage:
    return await an_outage(processes, truth, database, until, "none")


async def test_until_the_proof_is_gone_nothing_is_different(outage: Outage) -> None:
    store, job = outage.process.store, a_job()
    await store.create(job)
    outage.truth.down = outage.changes.down = True
    answer = await poll(store, job)

    assert (answer.document, answer.hit, answer.stale) == (render(job), True, False)


async def test_after_that_what_is_remembered_is_given_out_stale(outage: Outage) -> None:
    store, job = outage.process.store, a_job()
    await store.create(job)
    await outage.begin()
    answers = [await poll(store, job) for _ in range(100)]

    assert {(answer.document, answer.stale, answer.hit) for answer in answers} == {
        (render(job), True, False)
    }
    assert {answer.forward for answer in answers} == {"stale"}
    assert outage.truth.polls <= 2  # one a second finds out
    assert outage.process.stats.snapshot()["missed_by"]["outage"] == 100


async def test_but_not_longer_than_its_lifetime_and_it_is_not_forgotten(outage: Outage) -> None:
    store, job = outage.process.store, a_job()
    await store.create(job)
    await outage.begin()
    outage.clock.ahead += 28.0
    answer = await poll(store, job)
    outage.clock.ahead += 2.0

    assert 28.0 < answer.age < 30.0
    with pytest.raises(StoreUnavailable):
        await poll(store, job)
    assert outage.process.memory.near.entries == 1


async def test_when_the_database_is_back_so_are_near_answers_and_what_was_missed(
    outage: Outage, until: Until
) -> None:
    store, job = outage.process.store, a_job()
    await store.create(job)
    await outage.begin()
    change = await outage.truth.advance(job.id, Claimed(worker="w"), now=1.0)  # by another
    assert (await poll(store, job)).document == render(job)
    await outage.end()
    answer = await poll(store, job)

    assert (answer.document, answer.detail) == (change.document, "near")
    assert (answer.hit, answer.stale) == (True, False)


@pytest.mark.parametrize("with_redis", [True, False])
async def test_who_has_seen_newer_gets_no_step_back_but_no_answer(
    processes: Processes,
    truth: CountedStore,
    database: Database,
    until: Until,
    redis_server: RedisServer,
    with_redis: bool,
) -> None:
    url = redis_server.url if with_redis else "none"
    outage = await an_outage(processes, truth, database, until, url)
    store, job = outage.process.store, a_job()
    await store.create(job)
    await outage.begin()

    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            await poll(store, job, floor=2)
    assert (await poll(store, job, floor=1)).document == render(job)
    assert (await poll(store, job, owner="bob", floor=2)).document is None


async def test_an_unknown_job_is_not_said_not_to_exist(outage: Outage) -> None:
    store, job = outage.process.store, a_job()
    assert (await poll(store, job)).document is None
    await outage.begin()

    with pytest.raises(StoreUnavailable):
        await poll(store, job)


async def test_what_another_process_left_in_redis_is_given_out_stale(
    processes: Processes,
    truth: CountedStore,
    database: Database,
    until: Until,
    redis_server: RedisServer,
) -> None:
    job = a_job()
    await (await processes.open(truth, redis_server.url)).store.create(job)
    outage = await an_outage(processes, truth, database, until, redis_server.url)
    outage.process.memory.near.begin({})  # it remembers nothing itself
    await outage.begin()
    answer = await poll(outage.process.store, job)

    assert (answer.document, answer.stale, answer.detail) == (render(job), True, "redis")
    assert await outage.process.shared(job.id) == 1


async def test_a_process_that_begins_during_the_outage_serves_when_it_is_over(
    truth: CountedStore, database: Database, processes: Processes, until: Until
) -> None:
    outage = await an_outage(processes, truth, database, until, "none")
    job = a_job()
    await truth.create(job)
    await processes.forget(job)
    await outage.begin()
    with pytest.raises(StoreUnavailable):
        await poll(outage.process.store, job)
    await outage.end()

    assert (await poll(outage.process.store, job)).document == render(job)
    assert (await poll(outage.process.store, job)).detail == "near"
