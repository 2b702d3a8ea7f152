"""The auditor is offered every answer that a memory gave, and no other."""

import pytest

from cache import Lifetimes
from counted_store import CountedStore, poll
from example_jobs import RecordedDelivery, a_job
from jobs import Answer, Database, new_id
from memory_bench import BrokenChanges, MovedClock, Process, Processes, Until


@pytest.fixture
def truth(database: Database, delivery: RecordedDelivery) -> CountedStore:
    return CountedStore(database, delivery)


def told_of(process: Process, monkeypatch: pytest.MonkeyPatch) -> list[Answer]:
    served: list[Answer] = []
    monkeypatch.setattr(process.store, "_served", served.append)
    return served


async def test_hits_are_told_as_they_are_remembered_and_misses_are_not(
    truth: CountedStore, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await processes.open(truth, lifetimes=Lifetimes(negative=30.0))
    served = told_of(here, monkeypatch)
    job, cold = a_job(), a_job()
    await here.store.create(job)
    await truth.create(cold)
    await processes.forget(cold)
    for _ in range(2):  # each is a miss at first
        await poll(here.store, job)
        await poll(here.store, job, owner="bob")
        await poll(here.store, cold)
    await here.store.status("no id", owner="default")

    assert [answer.document and answer.document.id for answer in served] == [
        job.id,  # for bob, who is told nothing of it
        job.id,
        job.id,
        cold.id,
    ]


async def test_that_there_is_no_such_job_is_told_when_it_is_remembered(
    truth: CountedStore, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await processes.open(truth, lifetimes=Lifetimes(negative=30.0))
    served = told_of(here, monkeypatch)
    job_id = new_id(1.0)
    for asked in (job_id, job_id, "no id", "no id"):
        await here.store.status(asked, owner="default")

    assert [(answer.document, answer.detail) for answer in served] == [(None, "near")]


async def test_stale_answers_are_told_of_too(
    truth: CountedStore,
    database: Database,
    processes: Processes,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    changes, clock = BrokenChanges(database), MovedClock()
    here = await processes.open(truth, changes=changes, clock=clock)
    served = told_of(here, monkeypatch)
    feed, job = here.memory.feed, a_job()
    await here.store.create(job)
    truth.down = changes.down = True
    clock.ahead += 1.5
    assert feed
    await until(lambda: feed.failing, 5.0)
    answer = await poll(here.store, job)

    assert answer.stale
    assert served == [answer]
