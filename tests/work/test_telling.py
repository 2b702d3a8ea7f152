"""Progress is told while the work goes on, and never in its way."""

import asyncio
import time

import pytest

from jobs import Change, Claimed, Event, Job, SqlJobs, StoreUnavailable
from patience import seen
from work.holdings import Holding, Reason
from work.telling import Telling
from workshop import Workshop


class Faltering:
    """The real store, away for its first `outages` changes."""

    def __init__(self, store: SqlJobs, outages: int) -> None:
        self._store = store
        self.outages = outages

    async def advance(
        self, job_id: str, event: Event, *, now: float, owner: str | None = None
    ) -> Change:
        self.outages -= 1
        if self.outages >= 0:
            raise StoreUnavailable
        return await self._store.advance(job_id, event, now=now, owner=owner)


@pytest.fixture
async def job(small_workshop: Workshop) -> Job:
    """A job that is held."""
    job = await small_workshop.create()
    return (await small_workshop.store.advance(job.id, Claimed(worker="w"), now=time.time())).job


async def test_phase_percent_and_media_arrive(small_workshop: Workshop, job: Job) -> None:
    async with Telling(job, small_workshop.store, Holding(job.id)) as telling:
        telling.phase("encode", {"width": 640})
        telling.percent(42.0)
        told = await small_workshop.until(job.id, lambda job: job.progress.percent == 42.0)

    assert told.progress.phase == "encode"
    assert told.media == {"width": 640}


async def test_many_percents_make_few_changes(small_workshop: Workshop, job: Job) -> None:
    """At most one every half second, whatever the work says."""
    began = time.monotonic()
    async with Telling(job, small_workshop.store, Holding(job.id)) as telling:
        for thousandth in range(1000):
            telling.percent(thousandth / 10)
            await asyncio.sleep(0)
    changes = (await small_workshop.get(job.id)).version - job.version

    assert changes <= 1 + (time.monotonic() - began) / 0.5


async def test_an_outage_costs_beats_and_nothing_else(small_workshop: Workshop, job: Job) -> None:
    store = Faltering(small_workshop.store, outages=1)
    async with Telling(job, store, Holding(job.id)) as telling:  # type: ignore[arg-type]
        telling.phase("probe")
        await seen(lambda: store.outages == 0, seconds=10.0)
        telling.phase("encode")
        await small_workshop.until(job.id, lambda job: job.progress.phase == "encode")


async def test_whoever_lost_the_job_puts_it_down_and_tells_no_more(
    small_workshop: Workshop, job: Job
) -> None:
    older, holding = Job(**{**vars(job), "fence": job.fence - 1}), Holding(job.id)
    async with Telling(older, small_workshop.store, holding) as telling:
        telling.phase("encode")
        await seen(lambda: holding.reason, seconds=10.0)

    assert holding.reason is Reason.FORSAKEN
    assert await small_workshop.get(job.id) == job


async def test_the_block_ends_even_if_the_store_hangs(small_workshop: Workshop, job: Job) -> None:
    class Hanging:
        async def advance(self, *words: object, **options: object) -> Change:
            await asyncio.Event().wait()
            raise AssertionError

    async with asyncio.timeout(10):
        async with Telling(job, Hanging(), Holding(job.id)) as telling:  # type: ignore[arg-type]
            telling.phase("encode")
            await asyncio.sleep(0)
