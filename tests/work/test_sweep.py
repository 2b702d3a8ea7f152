"""The sweep: no job is left to a dead worker or past its deadline, however many sweep at once."""

import asyncio
import time

from jobs import CancelRequested, Claimed, Status
from patience import seen
from work import NotTaken, sweep_once
from workshop import Workshop


async def sweep(shop: Workshop, times: int = 3) -> None:
    """Several sweepers at once."""
    rounds = (sweep_once(shop.store, shop.backlog, shop.engine) for _ in range(times))
    await asyncio.gather(*rounds)


async def test_a_dead_workers_jobs_are_queued_again_and_the_worker_is_forgotten(
    workshop: Workshop,
) -> None:
    running, canceling = await workshop.create(), await workshop.create()
    for job in (running, canceling):
        await workshop.store.advance(job.id, Claimed(worker="dead"), now=time.time())
    await workshop.store.advance(canceling.id, CancelRequested(), now=time.time())
    await workshop.backlog.renew("dead", seconds=0.0)
    await sweep(workshop)

    assert (await workshop.get(running.id)).status is Status.QUEUED
    assert (await workshop.get(canceling.id)).status is Status.CANCELED
    assert await workshop.backlog.dead() == []


async def test_a_living_workers_jobs_are_left_alone(workshop: Workshop) -> None:
    job = await workshop.create()
    await workshop.backlog.renew("alive", seconds=60.0)
    await workshop.store.advance(job.id, Claimed(worker="alive"), now=time.time())
    before = await workshop.get(job.id)
    await sweep(workshop)

    assert await workshop.get(job.id) == before


async def test_what_a_worker_without_a_living_lease_took_goes_to_others(workshop: Workshop) -> None:
    """As when its event loop stalls, it is buried, and its engine takes one more delivery."""
    took: list[str] = []

    async def perform(job_id: str) -> None:
        took.append(job_id)
        raise NotTaken

    job = await workshop.create()
    await workshop.backlog.renew("stalled", seconds=60.0)
    await workshop.engine.start("stalled", perform, concurrency=1)
    await seen(lambda: took, seconds=10.0)
    await sweep(workshop)
    while_it_lives = await workshop.deliveries()
    await workshop.backlog.renew("stalled", seconds=0.0)
    await workshop.backlog.bury("stalled")
    await sweep(workshop)

    assert while_it_lives == {job.id: "PENDING"}
    assert await workshop.deliveries() == {job.id: "ENQUEUED"}
    assert await workshop.engine.holders() == set()


async def test_overdue_jobs_end_whether_or_not_a_worker_has_them(workshop: Workshop) -> None:
    waiting = await workshop.create(deadline_seconds=-1)
    running = await workshop.create(deadline_seconds=-1)
    await workshop.backlog.renew("alive", seconds=60.0)
    await workshop.store.advance(running.id, Claimed(worker="alive"), now=time.time())
    await sweep(workshop)
    ended = await workshop.get(running.id)

    assert (await workshop.get(waiting.id)).status is Status.EXPIRED
    assert ended.status is Status.FAILED
    assert ended.error
    assert ended.error.code == "deadline_exceeded"
    assert ended.version == 3
