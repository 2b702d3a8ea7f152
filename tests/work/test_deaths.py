"""Workers die, freeze and come back; every job ends all the same, and nothing is made twice."""

import asyncio
import os
import signal
import sqlite3
import time

import pytest
from sqlalchemy import text

from jobs import Status
from patience import seen
from work import sweep_once
from workshop import THREE_OUTPUTS, Workshop, is_making_the_second, processes_about


async def test_a_killed_workers_job_is_finished_by_the_next(workshop: Workshop) -> None:
    with workshop.worker() as first:
        job = await workshop.create("transcode", THREE_OUTPUTS)
        async with workshop.polling(job.id) as versions:
            begun = await workshop.until(job.id, is_making_the_second)
            first.send_signal(signal.SIGKILL)
            await seen(lambda: not processes_about(workshop.files.folder(job.id)), seconds=10.0)
            killed = await workshop.get(job.id)
            with workshop.worker():
                done = await workshop.until_done(job.id)

    assert killed.status is Status.RUNNING
    assert done.status is Status.SUCCEEDED
    assert (done.attempt, done.fence) == (2, 2)
    assert done.outputs[0] == begun.outputs[0]
    assert [str(output.file)[:2] for output in done.outputs] == ["1-", "2-", "2-"]
    assert versions == sorted(versions)
    kept = workshop.files.folder(job.id) / "outputs"
    assert {path.name for path in kept.iterdir()} == {output.file for output in done.outputs}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_job_whose_worker_dies_before_claiming_it_is_not_lost(workshop: Workshop) -> None:
    job = await workshop.create("probe")
    with workshop.worker(how="dies-at-claim") as first:
        code = await asyncio.to_thread(first.wait, 30)
    still = await workshop.get(job.id)
    with workshop.worker():
        done = await workshop.until_done(job.id)

    assert code == -signal.SIGKILL
    assert still.status is Status.QUEUED
    assert (done.status, done.attempt) == (Status.SUCCEEDED, 1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_job_taken_by_a_worker_that_stalls_and_is_buried_is_not_lost(
    workshop: Workshop,
) -> None:
    """Its engine's threads go on without its event loop, until it is killed."""
    with workshop.worker(how="stalls") as stalled:
        await workshop.until_done((await workshop.create("probe")).id)
        stalled.send_signal(signal.SIGUSR1)
        await until_nobody_has_a_lease(workshop)
        job = await workshop.create("probe")
        await until_taken(workshop, job.id)
        stalled.send_signal(signal.SIGKILL)
        await asyncio.to_thread(stalled.wait, 10)
    with workshop.worker():
        done = await workshop.until_done(job.id)

    assert (done.status, done.attempt) == (Status.SUCCEEDED, 1)


async def until_nobody_has_a_lease(workshop: Workshop) -> None:
    async with asyncio.timeout(20):
        while [*await workshop.backlog.living(), *await workshop.backlog.dead()]:
            await sweep_once(workshop.store, workshop.backlog, workshop.engine)
            await asyncio.sleep(0.1)


async def until_taken(workshop: Workshop, job_id: str) -> None:
    patience = time.monotonic() + 20
    while (kept := await workshop.deliveries())[job_id] != "PENDING":
        assert time.monotonic() < patience, kept
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_zombie_does_not_change_what_its_successor_made(workshop: Workshop) -> None:
    """Frozen past its lease, and woken when another worker has done its job."""
    with workshop.worker() as zombie:
        job = await workshop.create("transcode", THREE_OUTPUTS)
        async with workshop.polling(job.id) as versions:
            await workshop.until(job.id, is_making_the_second)
            await freeze(zombie.pid, workshop)
            with workshop.worker() as successor:
                done = await workshop.until_done(job.id)
                zombie.send_signal(signal.SIGCONT)
                another = await workshop.create("probe")
                await workshop.until_done(another.id)
                await seen(lambda: not processes_about(workshop.files.folder(job.id)), seconds=10.0)
                both_live = zombie.poll() is None and successor.poll() is None

    assert both_live
    assert done.status is Status.SUCCEEDED
    assert done.fence == 2
    assert await workshop.get(job.id) == done
    assert versions == sorted(versions)
    for output in done.outputs:
        assert workshop.files.output(job.id, output).stat().st_size == output.bytes


async def freeze(pid: int, workshop: Workshop) -> None:
    """Freeze a process, but not while it holds locks in the database: that would freeze others."""
    patience = time.monotonic() + 10
    while time.monotonic() < patience:
        os.kill(pid, signal.SIGSTOP)
        if await nobody_writes(workshop):
            return
        os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(0.05)
    raise AssertionError("it always holds a lock")


async def nobody_writes(workshop: Workshop) -> bool:
    if workshop.database.is_sqlite:
        return await asyncio.to_thread(_can_lock, workshop.url.removeprefix("sqlite:///"))
    writers = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND backend_xid IS NOT NULL"
    )
    async with workshop.database.reading() as connection:
        return (await connection.execute(writers)).scalar() == 0


def _can_lock(path: str) -> bool:
    connection = sqlite3.connect(path, timeout=0.2, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    else:
        return True
    finally:
        connection.close()
