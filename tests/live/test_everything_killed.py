"""No job is lost: whatever is killed at whatever moment, every accepted job reaches its end."""

import asyncio
import random
import sys
from contextlib import suppress

import httpx
import pytest

from live.client import Api, Document, seen
from live.films import Film
from live.installation import Installation, kill

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(240),
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]

TWO_OUTPUTS = {"outputs": [{"codec": "h264", "height": 144}, {"codec": "vp9", "height": 144}]}


async def endings(api: Api, jobs: list[Document]) -> list[str]:
    """How each ended: its final status, or the code of its error."""
    done = [await api.until_done(job) for job in jobs]
    return [job["error"]["code"] if job["error"] else job["status"] for job in done]


async def test_a_killed_api_leaves_no_job_behind(tally: Installation, film: Film) -> None:
    """`kill -9` while jobs run and wait: its embedded worker gives them back, and is gone."""
    api = await tally.serve().up()
    jobs = [await api.upload(film(8), "transcode", TWO_OUTPUTS) for _ in range(4)]
    await api.until(jobs[0], lambda job: job["progress"]["percent"] > 0)
    waiting = await api.document(jobs[-1])
    before = tally.workers()
    kill(api.process.pid)
    await seen(tally.workers, lambda left: not left, seconds=10)
    api = await tally.serve().up()

    assert waiting["status"] == "queued"
    assert len(before) == 1
    assert await endings(api, jobs) == ["succeeded"] * 4
    assert {(await api.document(job))["attempt"] for job in jobs} == {1}


async def test_every_accepted_job_ends_although_everything_is_killed_three_times(
    database_url: str, tally: Installation, film: Film
) -> None:
    """On PostgreSQL the worker runs apart, on SQLite the API brings it. Each moment is random."""
    tally.settings["DATABASE_URL"] = database_url
    chance = random.Random(3)
    accepted: list[Document] = []
    for _ in range(3):
        api = await _start(tally)
        creating = asyncio.create_task(_create(api, film, accepted))
        await seen(lambda: tally.processes("ffmpeg"))
        await asyncio.sleep(chance.uniform(0.0, 2.0))  # no race to win: any moment must do
        tally.kill_all()
        await creating
    api = await _start(tally)

    assert len(accepted) >= 6
    assert {"succeeded"} <= {*await endings(api, accepted)} <= {"succeeded", "worker_lost"}
    print([(await api.document(j))["attempt"] for j in accepted])


async def _start(tally: Installation) -> Api:
    api = tally.serve()
    if tally.settings["DATABASE_URL"]:
        tally.work()
    return await api.up()


async def _create(api: Api, film: Film, accepted: list[Document]) -> None:
    """Up to four jobs; the API may be killed under it."""
    with suppress(httpx.TransportError):
        for _ in range(2):
            accepted.append(await api.upload(film(4), "transcode", TWO_OUTPUTS))
            accepted.append(await api.create("contact_sheet"))
