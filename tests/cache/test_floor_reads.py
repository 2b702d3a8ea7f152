"""Floor reads: who has seen newer gets it at once; made-up floors cost next to nothing."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from cache import CacheStats, Lifetimes, NoCache
from cache.belief import Belief
from cache.feed import boot_clock
from cache.floor_reads import BEAT_SECONDS, FloorReads
from cache.near import Near
from cache.proof import NoProof
from cache.recall import Outcome, Recall, Recalled
from cache.shared import Shared
from cache.single_flight import SingleFlight
from cache.tier import Budget
from counted_store import CountedStore
from example_jobs import RecordedDelivery, a_job
from jobs import Claimed, Database, Job, StoreUnavailable


@pytest.fixture
def truth(database: Database, delivery: RecordedDelivery) -> CountedStore:
    return CountedStore(database, delivery)


@pytest.fixture
async def job(truth: CountedStore) -> Job:
    job = a_job()
    await truth.create(job)
    return job


@pytest.fixture
async def floors(truth: CountedStore) -> AsyncIterator[FloorReads]:
    stats = CacheStats()
    shared = Shared(NoCache("redis-off", "it is off"), Lifetimes(), stats)
    near = Near(entries=10, size=2**20, negative_seconds=1.0, clock=boot_clock)
    flights: SingleFlight[Outcome] = SingleFlight(seconds=5.0)
    proof = NoProof()
    belief = Belief(near, proof, Lifetimes(), clock=boot_clock, wall=time.time)
    recall = Recall(truth, shared, near, belief, proof, stats)
    yield FloorReads(recall, flights, boot_clock)
    await flights.stop()


async def read(floors: FloorReads, job_id: str) -> Recalled:
    outcome = (await floors.read((job_id,), Budget(1.0)))[job_id]
    if isinstance(outcome, StoreUnavailable):
        raise outcome
    return outcome


async def test_a_real_floor_is_read_at_once(
    floors: FloorReads, truth: CountedStore, job: Job
) -> None:
    newest = (await truth.advance(job.id, Claimed(worker="w"), now=1.0)).document
    began = boot_clock()
    recalled = await read(floors, job.id)

    assert recalled.answer.document == newest
    assert recalled.answer.forward == "stale"
    assert began <= recalled.asked_at < began + BEAT_SECONDS / 2


async def test_there_is_one_read_per_beat_and_every_answer_was_asked_for_after_its_caller_came(
    floors: FloorReads, truth: CountedStore, job: Job
) -> None:
    began = boot_clock()

    async def come(delay: float) -> tuple[float, Recalled]:
        await asyncio.sleep(delay)
        came = boot_clock()
        return came, await read(floors, job.id)

    answers = await asyncio.gather(*(come(number / 500) for number in range(400)))
    beats = (boot_clock() - began) / BEAT_SECONDS
    asked = sorted({recalled.asked_at for _, recalled in answers})

    assert all(recalled.asked_at >= came for came, recalled in answers)
    assert truth.polls == len(asked) <= beats + 1
    assert all(later - earlier > 0.98 * BEAT_SECONDS for earlier, later in pairwise(asked))


async def test_who_comes_while_the_database_is_being_read_waits_for_the_next_read(
    floors: FloorReads, truth: CountedStore, job: Job
) -> None:
    waiting = truth.close_door()
    first = asyncio.create_task(read(floors, job.id))
    await waiting.wait()
    newest = (await truth.advance(job.id, Claimed(worker="w"), now=1.0)).document
    second = asyncio.create_task(read(floors, job.id))
    await asyncio.sleep(0)
    truth.open_door()

    assert (await second).answer.document == newest
    assert (await first).answer.document != newest
    assert truth.polls == 2


async def test_other_jobs_do_not_wait_for_each_other(
    floors: FloorReads, truth: CountedStore
) -> None:
    jobs = [a_job() for _ in range(5)]
    for job in jobs:
        await truth.create(job)
    began = boot_clock()
    await asyncio.gather(*(read(floors, job.id) for job in jobs))

    assert boot_clock() - began < BEAT_SECONDS
    assert truth.polls == 5


async def test_a_failure_reaches_who_waits_and_the_next_beat_tries_again(
    floors: FloorReads, truth: CountedStore, job: Job
) -> None:
    truth.down = True
    results = await asyncio.gather(
        *(read(floors, job.id) for _ in range(5)), return_exceptions=True
    )
    truth.down = False
    answer = (await read(floors, job.id)).answer

    assert [type(result) for result in results] == [StoreUnavailable] * 5
    assert answer.document is not None
    assert truth.polls == 2


async def test_many_are_one_read_once_each_of_them_may_be(
    floors: FloorReads, truth: CountedStore
) -> None:
    jobs = [a_job() for _ in range(20)]
    for one in jobs:
        await truth.create(one)
    ids = [one.id for one in jobs]
    began = boot_clock()
    await read(floors, ids[7])
    said = await floors.read(ids, Budget(1.0))
    took = boot_clock() - began

    assert [*said] == ids
    assert not any(isinstance(outcome, StoreUnavailable) for outcome in said.values())
    assert truth.asked == [[ids[7]], ids]
    assert 0.98 * BEAT_SECONDS < took < 2 * BEAT_SECONDS


async def test_many_made_up_floors_of_many_jobs_are_one_read_per_beat(
    floors: FloorReads, truth: CountedStore
) -> None:
    jobs = [a_job() for _ in range(20)]
    for one in jobs:
        await truth.create(one)
    ids = [one.id for one in jobs]
    began = boot_clock()

    async def come(number: int) -> None:
        await asyncio.sleep(number / 1000)
        await floors.read(ids[number % 3 :: 3] if number % 2 else ids, Budget(1.0))

    await asyncio.gather(*(come(number) for number in range(500)))
    beats = (boot_clock() - began) / BEAT_SECONDS
    reads = Counter(job_id for asked in truth.asked for job_id in asked)

    assert max(reads.values()) <= beats + 1


async def test_last_reads_are_remembered_within_bounds(
    floors: FloorReads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cache.floor_reads._JOBS", 5)
    monkeypatch.setattr("cache.floor_reads.BEAT_SECONDS", 0.0)
    for _ in range(20):
        await read(floors, a_job().id)

    assert len(floors._last) <= 6
