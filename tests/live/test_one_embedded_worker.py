"""However many API processes there are, they bring one worker, and always one."""

import sys
from pathlib import Path

import pytest

from live.films import Film
from live.installation import Installation, kill, next_worker

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]


SMALL = {"outputs": [{"codec": "vp9", "height": 144}]}


def parent(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith("PPid:")]
    return int(line.split()[1])


async def test_two_api_processes_share_a_worker_that_survives_its_owner(
    tally: Installation, film: Film
) -> None:
    """`uvicorn --workers 2`, and `kill -9` of the process that the worker belongs to."""
    api = await tally.serve("--workers", "2").up()
    jobs = [await api.upload(film(4), "transcode", SMALL) for _ in range(3)]
    await api.until(jobs[0], lambda job: job["progress"]["percent"] > 0)
    (old,) = tally.workers()
    kill(parent(old))
    new = await next_worker(tally, old)
    jobs.append(await api.create("thumbnail"))
    done = [await api.until_done(job) for job in jobs]

    assert [job["status"] for job in done] == ["succeeded"] * 4
    assert tally.workers() == {new}
