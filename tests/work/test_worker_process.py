"""The life of a worker, in this process and in one of its own."""

import asyncio
import signal
import time

import pytest

from jobs import CancelRequested, Status, StoreUnavailable
from patience import seen
from work import run_worker
from work.worker_process import Pace
from workshop import QUICK, THREE_OUTPUTS, Workshop, is_making_the_second, processes_about


async def test_a_worker_does_jobs_until_it_is_cancelled_and_leaves_nothing_behind(
    workshop: Workshop,
) -> None:
    working = asyncio.create_task(
        run_worker(
            workshop.store,
            workshop.backlog,
            workshop.files,
            workshop.engine,
            concurrency=2,
            pace=QUICK,
        )
    )
    jobs = [await workshop.create("thumbnail", source=source) for source in ("sample", "upload")]
    done = [await workshop.until_done(job.id) for job in jobs]
    canceled = await workshop.create("transcode", THREE_OUTPUTS)
    await workshop.until(canceled.id, is_making_the_second)
    asked = time.monotonic()
    await workshop.store.advance(canceled.id, CancelRequested(), now=time.time())
    ended = await workshop.until_done(canceled.id)
    took = time.monotonic() - asked
    processes = processes_about(workshop.data_dir)
    waiting = await workshop.create("transcode", THREE_OUTPUTS)
    await workshop.until(waiting.id, is_making_the_second)
    working.cancel()
    await asyncio.wait({working})

    assert [job.status for job in done] == [Status.SUCCEEDED] * 2
    assert ended.status is Status.CANCELED
    assert took < 5
    assert processes == []
    assert working.cancelled()
    back = await workshop.get(waiting.id)
    assert (back.status, back.attempt, back.outputs[0].ready) == (Status.QUEUED, 0, True)
    assert await workshop.deliveries() == {waiting.id: "ENQUEUED"}
    assert await workshop.backlog.dead() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_signal_hands_the_job_over_at_once(workshop: Workshop) -> None:
    """The second worker need not wait for the first one's lease, and no attempt is counted."""
    patient = Pace(lease=60.0, watch=0.1)
    with workshop.worker(patient) as first, workshop.worker(patient) as second:
        job = await workshop.create("transcode", THREE_OUTPUTS)
        async with workshop.polling(job.id) as versions:
            begun = await workshop.until(job.id, is_making_the_second)
            holder = first if f"-{first.pid}-" in str(begun.worker) else second
            holder.send_signal(signal.SIGTERM)
            done = await workshop.until_done(job.id)
        code = await asyncio.to_thread(holder.wait, 10)

    assert done.status is Status.SUCCEEDED
    assert (done.attempt, done.fence) == (1, 2)
    assert done.outputs[0] == begun.outputs[0]
    assert done.worker is None
    assert versions == sorted(versions)
    assert code == 0


async def test_a_worker_waits_for_a_database_that_is_not_there_yet(
    small_workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    class NotYet:
        tries = 0

        async def prepare(self) -> None:
            self.tries += 1
            raise StoreUnavailable("Not yet.")

    engine, shop = NotYet(), small_workshop
    working = asyncio.create_task(
        run_worker(shop.store, shop.backlog, shop.files, engine, concurrency=1)  # type: ignore[arg-type]
    )
    await seen(lambda: engine.tries == 2, seconds=10.0)
    working.cancel()
    await asyncio.wait({working})

    assert engine.tries == 2
    assert working.cancelled()
    assert [message for message in caplog.messages if "Not yet" in message] == [
        "preparing the job engine: Not yet. Trying again."
    ]
