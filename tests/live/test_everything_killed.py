"""No job is lost: whatever is killed at whatever moment, every accepted job reaches its end."""

import asyncio
import random
import sys
from contextlib import suppress

import httpx
import pytest

from live.client import Api, Document
from live.films import Film
from live.installation import Installation, kill
from live.soak import longer
from patience import seen

pytestmark = [
    pytest.mark.live,
    pytest.mark.soak,
    pytest.mark.timeout(longer(240, 900)),
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]

TIMES = longer(2, 10)
TWO_OUTPUTS = {"outputs": [{"codec": "h264", "height": 144}, {"codec": "vp9", "height": 144}]}


async def test_jobs_of_a_killed_api_end_after_its_restart(tally: Installation, film: Film) -> None:
    """`kill -9` while jobs run and wait: its worker gives them back, and goes, too."""
    tally.settings["WORKER_CONCURRENCY"] = "1"
    api = await tally.serve().up()
    jobs = [await api.upload(film(4), "transcode", TWO_OUTPUTS) for _ in range(2)]
    await api.until(jobs[0], lambda job: job["progress"]["percent"] > 0)
    states = [(await api.document(job))["status"] for job in jobs]
    kill(api.process.pid)
    await seen(tally.workers, lambda left: not left, seconds=10)
    api = await tally.serve().up()

    assert {"running", "queued"} <= {*states}
    assert await endings(api, jobs) == ["succeeded"] * 2
    assert {(await api.document(job))["attempt"] for job in jobs} == {1}


async def test_every_accepted_job_ends_although_everything_is_killed_again_and_again(
    tally: Installation, film: Film
) -> None:
    """API, worker and encodes at once, at random moments while jobs run."""
    chance = random.Random(3)
    accepted: list[Document] = []
    for _ in range(TIMES):
        api = await tally.serve().up()
        creating = asyncio.create_task(create(api, film, accepted))
        await seen(lambda: tally.processes("ffmpeg"))
        await asyncio.sleep(chance.uniform(0.0, 2.0))  # no race to win: any moment must do
        tally.kill_all()
        await creating
    api = await tally.serve().up()

    assert len(accepted) >= 2 * TIMES
    assert {"succeeded"} <= {*await endings(api, accepted)} <= {"succeeded", "worker_lost"}


async def create(api: Api, film: Film, accepted: list[Document]) -> None:
    """Three jobs, unless the API is killed meanwhile."""
    with suppress(httpx.TransportError):
        accepted.append(await api.upload(film(4), "transcode", TWO_OUTPUTS))
        accepted.append(await api.create("contact_sheet"))
        accepted.append(await api.create("thumbnail"))


async def endings(api: Api, jobs: list[Document]) -> list[str]:
    """How each ended: its final status, or the code of its error."""
    done = [await api.until_done(job) for job in jobs]
    return [job["error"]["code"] if job["error"] else job["status"] for job in done]
