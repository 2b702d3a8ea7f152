"""A worker killed in the middle of a job costs time, and nothing else."""

import sys

import pytest

from dev_servers import RedisServer
from live.client import Document
from live.films import Film
from live.installation import Installation, kill
from live.polling import polling
from patience import seen

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]

THREE_OUTPUTS = {
    "outputs": [
        {"codec": "h264", "height": 144},
        {"codec": "vp9", "height": 360},
        {"codec": "h264", "height": 240},
    ]
}


def first_is_ready(document: Document) -> bool:
    return [output["status"] for output in document["outputs"]] == ["ready", "pending", "pending"]


def files_of(tally: Installation, job: Document) -> dict[str, tuple[int, int]]:
    """Each output on the disk by name, with what a file made again would not share."""
    folder = tally.data / "jobs" / job["id"] / "outputs"
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir()}


async def test_another_worker_makes_only_what_the_killed_one_left(
    postgres_url: str, valkey: RedisServer, tally: Installation, film: Film
) -> None:
    """On PostgreSQL; `kill -9` of the one worker while it makes the second of three outputs."""
    tally.settings |= {"DATABASE_URL": postgres_url, "REDIS_URL": valkey.url}
    api, worker = tally.serve(), tally.work()
    job = await (await api.up()).upload(film(8), "transcode", THREE_OUTPUTS)
    async with polling(api, job, every=0.1) as watch:
        before = await watch.until(first_is_ready)
        await seen(lambda: tally.processes("vp9"))
        kill(worker.pid)
        worker.wait()
        kept = files_of(tally, job)
        await seen(lambda: tally.processes("ffmpeg"), lambda left: not left, seconds=2)
        tally.work()
        after = await watch.until_done()

    assert len(kept) == 1
    assert after["status"] == "succeeded"
    assert after["attempt"] == 2
    assert after["outputs"][0] == before["outputs"][0]
    assert kept.items() < files_of(tally, job).items()
    assert len(files_of(tally, job)) == 3
    assert watch.versions == sorted(watch.versions)
    assert {look.status for look in watch.looks} == {200, 304}
