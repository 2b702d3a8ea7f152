"""Leases and jobs that need somebody, over both databases."""

import time

import pytest

from example_jobs import RecordedDelivery, a_job
from jobs import CancelRequested, Claimed, Job, Lost, SqlBacklog, SqlJobs


async def claimed(store: SqlJobs, worker: str) -> Job:
    job = a_job()
    await store.create(job)
    return (await store.advance(job.id, Claimed(worker=worker), now=1.0)).job


async def test_a_renewed_worker_lives_and_its_jobs_are_no_orphans(
    store: SqlJobs, backlog: SqlBacklog
) -> None:
    await backlog.renew("w", seconds=0.0)
    await backlog.renew("w", seconds=60.0)
    job = await claimed(store, "w")

    assert await backlog.dead() == []
    assert await backlog.living() == ["w"]
    assert await backlog.orphans() == []
    assert await backlog.held("w") == [job]
    assert await backlog.held("other") == []


async def test_an_expired_lease_makes_a_worker_dead_and_its_jobs_orphans(
    store: SqlJobs, backlog: SqlBacklog
) -> None:
    job = await claimed(store, "w")
    await backlog.renew("w", seconds=0.0)

    assert await backlog.dead() == ["w"]
    assert await backlog.orphans() == [job]


async def test_a_retired_worker_is_forgotten_but_its_jobs_are_still_orphans(
    store: SqlJobs, backlog: SqlBacklog
) -> None:
    await backlog.renew("w", seconds=60.0)
    job = await claimed(store, "w")

    await backlog.retire("w")
    await backlog.retire("w")

    assert await backlog.dead() == []
    assert await backlog.orphans() == [job]


async def test_only_a_dead_worker_is_buried_and_only_once(backlog: SqlBacklog) -> None:
    await backlog.renew("dead", seconds=0.0)
    await backlog.renew("late", seconds=60.0)

    buried = [await backlog.bury(worker) for worker in ("dead", "dead", "late")]

    assert buried == [True, False, False]
    assert await backlog.dead() == []


async def test_jobs_past_their_deadline_are_overdue_until_they_are_done(
    store: SqlJobs, backlog: SqlBacklog
) -> None:
    on_time, late = a_job(), a_job(now=time.time() - 3601)
    await store.create(on_time)
    await store.create(late)

    assert await backlog.overdue() == [late]
    await store.advance(late.id, CancelRequested(), now=2.0)
    assert await backlog.overdue() == []


async def test_only_a_queued_job_is_delivered_once_more(
    store: SqlJobs, backlog: SqlBacklog, delivery: RecordedDelivery
) -> None:
    running = await claimed(store, "w")
    delivery.jobs.clear()

    await backlog.redeliver(running.id)
    assert delivery.jobs == []
    await store.advance(running.id, Lost(fence=running.fence), now=2.0)
    delivery.jobs.clear()
    await backlog.redeliver(running.id)
    assert delivery.jobs == [running.id]


@pytest.mark.parametrize("seconds", [0.5, 3600.0])
async def test_the_databases_clock_agrees_with_itself(backlog: SqlBacklog, seconds: float) -> None:
    await backlog.renew("w", seconds=seconds)

    assert await backlog.dead() == []
