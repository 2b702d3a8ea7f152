"""What is made of a job, with real video: what is missing, and only that."""

import time
from dataclasses import replace

import pytest

from jobs import Claimed, Job, OutputReady
from video import Limits
from work.holdings import Holding
from work.making import Making, SourceMissing
from work.telling import Telling
from workshop import Workshop


async def claimed(shop: Workshop, job: Job) -> Job:
    return (await shop.store.advance(job.id, Claimed(worker="w"), now=time.time())).job


async def make(shop: Workshop, job: Job) -> list[OutputReady]:
    """What was committed."""
    committed: list[OutputReady] = []

    async def commit(event: OutputReady) -> None:
        committed.append(event)
        await shop.store.advance(job.id, event, now=time.time())

    making = Making(files=shop.files, limits=Limits())
    async with Telling(job, shop.store, Holding(job.id)) as telling:
        await making.make_missing(job, telling, commit)
    return committed


async def test_a_sample_is_generated_once_and_becomes_the_source(small_workshop: Workshop) -> None:
    job = await claimed(small_workshop, await small_workshop.create("probe", source="sample"))
    await make(small_workshop, job)
    source = small_workshop.files.source(job.id)
    first = source.stat().st_ino
    await make(small_workshop, replace(job, outputs=job.outputs))

    assert source.stat().st_ino == first
    assert (await small_workshop.get(job.id)).media


async def test_all_files_of_a_recipe_become_ready_together(small_workshop: Workshop) -> None:
    job = await claimed(small_workshop, await small_workshop.create("hls", {"height": 144}))
    committed = await make(small_workshop, job)
    ready = (await small_workshop.get(job.id)).outputs

    assert [[output.name for output in event.outputs] for event in committed] == [
        ["stream.m3u8", "stream.mp4"]
    ]
    for output in ready:
        assert small_workshop.files.output(job.id, output).stat().st_size == output.bytes


async def test_what_is_ready_is_left_alone_unless_its_file_is_gone(
    small_workshop: Workshop,
) -> None:
    spec = {"outputs": [{"codec": "h264", "height": height} for height in (144, 240)]}
    job = await claimed(small_workshop, await small_workshop.create("transcode", spec))
    await make(small_workshop, job)
    done = await small_workshop.get(job.id)

    assert await make(small_workshop, done) == []

    small_workshop.files.output(job.id, done.outputs[0]).unlink()
    again = await make(small_workshop, done)

    assert [event.outputs[0].name for event in again] == ["h264-144p.mp4"]


async def test_an_upload_that_is_gone_is_said_to_be_missing(small_workshop: Workshop) -> None:
    job = await claimed(small_workshop, await small_workshop.create())
    small_workshop.files.source(job.id).unlink()

    with pytest.raises(SourceMissing):
        await make(small_workshop, job)
