"""However many API processes there are, they bring one worker, and always bring one."""

import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from live.client import seen
from live.films import Film
from live.installation import BACKEND, Installation, kill

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]


@pytest.fixture
async def copied(tmp_path: Path) -> AsyncIterator[Installation]:
    """An installation with code of its own, which may be copied."""
    backend = shutil.copytree(BACKEND, tmp_path / "copy" / "backend")
    installation = Installation(tmp_path, backend=backend)
    yield installation
    await installation.close()


def edit(installation: Installation) -> None:
    with (installation.backend / "main.py").open("a") as code:
        code.write("# edited\n")


def parent(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith("PPid:")]
    return int(line.split()[1])


async def another_worker(tally: Installation, old: int) -> int:
    """The one that follows the old one; there are never two."""

    def another(now: set[int]) -> bool:
        assert len(now) <= 1, tally.processes()
        return bool(now - {old})

    (new,) = await seen(tally.workers, another, beat=0.01)
    return new


async def test_two_api_processes_share_a_worker_that_survives_its_owner(
    tally: Installation, film: Film
) -> None:
    """`uvicorn --workers 2`, and `kill -9` of the process that the worker belongs to."""
    api = await tally.serve("--workers", "2").up()
    job = await api.upload(film(20), "transcode")
    await api.until(job, lambda job: job["progress"]["percent"] > 0)
    (old,) = tally.workers()
    kill(parent(old))
    new = await another_worker(tally, old)
    done = await api.until_done(job)
    next_one = await api.until_done(await api.create("thumbnail"))

    assert [done["status"], next_one["status"]] == ["succeeded", "succeeded"]
    assert tally.workers() == {new}


async def test_a_reload_brings_a_new_worker_for_the_old_one(
    copied: Installation,
) -> None:
    """`uvicorn --reload`, when the code is copied."""
    api = await copied.serve("--reload").up()
    (old,) = await seen(copied.workers)
    edit(copied)
    new = await another_worker(copied, old)
    job = await (await api.up()).create("thumbnail")
    done = await api.until_done(job)

    assert done["status"] == "succeeded"
    assert copied.workers() == {new}
