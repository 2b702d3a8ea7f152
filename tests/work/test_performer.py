"""One job from claim to end, on a real store with real video."""

import asyncio
import time
from pathlib import Path

import pytest

from jobs import (
    CancelRequested,
    Claimed,
    Job,
    Lost,
    Status,
)
from performer_bench import Bench
from work import NotTaken
from work.holdings import Reason
from workshop import (
    THREE_OUTPUTS,
    Workshop,
    is_making_the_second,
    is_running,
    processes_about,
)


@pytest.fixture
def bench(small_workshop: Workshop) -> Bench:
    return Bench(small_workshop)


def workplaces(shop: Workshop, job: Job) -> list[Path]:
    return [*shop.files.folder(job.id).glob("work-*")]


async def test_a_job_is_done_from_claim_to_end(small_workshop: Workshop, bench: Bench) -> None:
    job = await small_workshop.create("thumbnail", source="sample")
    await bench.perform(job.id)
    done = await small_workshop.get(job.id)

    assert done.status is Status.SUCCEEDED
    assert done.outputs[0].file == "1-thumbnail.jpg"
    assert done.media
    assert workplaces(small_workshop, job) == []
    assert bench.holdings.job_ids() == frozenset()


async def test_a_second_delivery_of_a_job_changes_nothing(
    small_workshop: Workshop, bench: Bench
) -> None:
    job = await small_workshop.create("probe")
    await asyncio.gather(*(bench.perform(job.id) for _ in range(3)))
    done = await small_workshop.get(job.id)
    await bench.perform(job.id)
    await bench.perform("job_" + "0" * 26)

    assert (done.status, done.fence) == (Status.SUCCEEDED, 1)
    assert await small_workshop.get(job.id) == done


async def test_a_file_that_is_no_video_fails_with_its_code(
    small_workshop: Workshop, bench: Bench
) -> None:
    job = await small_workshop.create("thumbnail")
    small_workshop.files.source(job.id).unlink()
    small_workshop.files.source(job.id).write_text("This is no video. " * 100)
    await bench.perform(job.id)
    failed = await small_workshop.get(job.id)

    assert failed.status is Status.FAILED
    assert failed.error
    assert failed.error.code == "input_not_video"


async def test_a_bug_fails_the_job_and_not_the_worker(
    small_workshop: Workshop, bench: Bench
) -> None:
    job = small_workshop.job("thumbnail")
    await small_workshop.store.create(Job(**{**vars(job), "kind": "no such kind"}))
    await bench.perform(job.id)
    failed = await small_workshop.get(job.id)

    assert failed.error
    assert failed.error.code == "internal_error"


async def test_cancelling_ends_the_encoder_and_then_says_canceled(
    small_workshop: Workshop, bench: Bench
) -> None:
    job = await small_workshop.create("transcode", THREE_OUTPUTS)
    performing = asyncio.create_task(bench.perform(job.id))
    await small_workshop.until(job.id, is_making_the_second)
    await small_workshop.store.advance(job.id, CancelRequested(), now=time.time())
    bench.holdings.put_claims_down(Reason.CANCELED)
    await performing

    assert (await small_workshop.get(job.id)).status is Status.CANCELED
    assert processes_about(small_workshop.data_dir) == []


async def test_the_deadline_ends_the_work(small_workshop: Workshop, bench: Bench) -> None:
    job = await small_workshop.create("transcode", THREE_OUTPUTS, deadline_seconds=0.7)
    began = time.monotonic()
    await bench.perform(job.id)
    failed = await small_workshop.get(job.id)

    assert failed.error
    assert failed.error.code == "deadline_exceeded"
    assert time.monotonic() - began < 4
    assert processes_about(small_workshop.data_dir) == []


async def test_leaving_gives_the_job_back_and_no_attempt_is_counted(
    small_workshop: Workshop, bench: Bench
) -> None:
    job = await small_workshop.create("transcode", THREE_OUTPUTS)
    performing = asyncio.create_task(bench.perform(job.id))
    kept = await small_workshop.until(job.id, is_making_the_second)
    await bench.holdings.close()
    await performing
    back = await small_workshop.get(job.id)

    assert (back.status, back.attempt) == (Status.QUEUED, 0)
    assert back.outputs == kept.outputs
    with pytest.raises(NotTaken):
        await bench.perform(job.id)


async def test_a_zombie_changes_nothing_and_leaves_its_successors_place_alone(
    small_workshop: Workshop, bench: Bench
) -> None:
    job = await small_workshop.create("transcode", THREE_OUTPUTS)
    performing = asyncio.create_task(bench.perform(job.id))
    held = await small_workshop.until(job.id, is_making_the_second)
    await small_workshop.store.advance(job.id, Lost(fence=held.fence), now=time.time())
    next_claim = Claimed(worker="successor")
    successor = (await small_workshop.store.advance(job.id, next_claim, now=time.time())).job
    place = small_workshop.files.folder(job.id) / "work-2"
    place.mkdir()
    await asyncio.wait_for(performing, 20)

    assert await small_workshop.get(job.id) == successor
    assert workplaces(small_workshop, job) == [place]


async def test_a_canceled_performance_leaves_no_process(
    small_workshop: Workshop, bench: Bench
) -> None:
    job = await small_workshop.create("transcode", THREE_OUTPUTS)
    performing = asyncio.create_task(bench.perform(job.id))
    await small_workshop.until(job.id, is_making_the_second)
    performing.cancel()
    await asyncio.wait({performing})

    assert processes_about(small_workshop.data_dir) == []
    assert is_running(await small_workshop.get(job.id))
