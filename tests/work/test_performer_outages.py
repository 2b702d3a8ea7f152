"""One job while the database, or the proof that the worker lives, is away for a while."""

import asyncio

import pytest

from jobs import Claimed, Event, Finished, OutputReady, Status
from patience import seen
from performer_bench import Bench
from work import NotTaken
from workshop import Workshop


@pytest.fixture
def bench(small_workshop: Workshop) -> Bench:
    return Bench(small_workshop)


async def test_the_database_may_be_away_while_outputs_and_the_end_are_told(
    small_workshop: Workshop, bench: Bench
) -> None:
    failures = [OutputReady, Finished, Finished]

    def fails(event: Event) -> bool:
        if type(event) in failures:
            failures.remove(type(event))
            return True
        return False

    bench.store.fails = fails
    job = await small_workshop.create("probe")
    await bench.perform(job.id)

    assert failures == []
    assert (await small_workshop.get(job.id)).status is Status.SUCCEEDED


async def test_a_job_is_claimed_once_the_database_is_back(
    small_workshop: Workshop, bench: Bench
) -> None:
    away = [True, True]
    bench.store.fails = lambda event: isinstance(event, Claimed) and bool(away) and away.pop()
    job = await small_workshop.create("probe")
    await bench.perform(job.id)

    assert away == []
    assert (await small_workshop.get(job.id)).status is Status.SUCCEEDED


async def test_an_error_nobody_thought_of_does_not_use_the_delivery_up_before_the_claim(
    small_workshop: Workshop, bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    failing = [True, True]
    bench.store.error = ZeroDivisionError
    bench.store.fails = lambda event: isinstance(event, Claimed) and bool(failing) and failing.pop()
    job = await small_workshop.create("probe")
    await bench.perform(job.id)
    told = [record for record in caplog.records if "claiming it failed" in record.message]

    assert failing == []
    assert (await small_workshop.get(job.id)).status is Status.SUCCEEDED
    assert [record.exc_info and record.exc_info[0] for record in told] == [ZeroDivisionError]


async def test_nobody_claims_without_a_living_lease(small_workshop: Workshop, bench: Bench) -> None:
    bench.may_claim = False
    job = await small_workshop.create("probe")
    performing = asyncio.create_task(bench.perform(job.id))
    await seen(lambda: bench.asked == 3, seconds=10.0)
    before = await small_workshop.get(job.id)
    bench.may_claim = True
    await performing

    assert before == job
    assert (await small_workshop.get(job.id)).status is Status.SUCCEEDED


async def test_who_leaves_while_the_database_is_away_did_not_take_the_job(
    small_workshop: Workshop, bench: Bench
) -> None:
    bench.store.fails = lambda event: True
    job = await small_workshop.create("probe")
    performing = asyncio.create_task(bench.perform(job.id))
    await seen(bench.holdings.job_ids, seconds=10.0)
    await bench.holdings.close()

    with pytest.raises(NotTaken):
        await performing
