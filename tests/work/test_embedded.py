"""The API's own worker: one per DATA_DIR, there again when it dies, gone with its parent."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from patience import seen
from work.embedded import COMMAND, EmbeddedWorker
from workshop import BACKEND

CHILD = """
import os, runpy, sys, time
if sys.argv[1:] != ["careless"]:
    runpy.run_path({parent!r})["end_with_parent"]()
open({births!r}, "a").write(f"{{os.getpid()}}\\n")
time.sleep(60)
"""
"""Stands in for a worker: notes its birth, and watches its parent unless it is careless."""

SUPERVISOR = """
import asyncio, sys
from pathlib import Path
from work import EmbeddedWorker
async def main():
    worker = EmbeddedWorker(Path(sys.argv[1]), command=[sys.executable, *sys.argv[2:]])
    await worker.start()
    print("started", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


class Nursery:
    """The DATA_DIR, the program of the children, and what became of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._births = folder / "births"
        self._script = folder / "child.py"
        parent = str(BACKEND / "work" / "parent.py")
        self._script.write_text(CHILD.format(parent=parent, births=str(self._births)))
        self.command = (sys.executable, str(self._script))

    def worker(self) -> EmbeddedWorker:
        return EmbeddedWorker(self.folder, command=self.command)

    def parent(self, *how: str) -> "subprocess.Popen[bytes]":
        """A process that brings a worker along."""
        words = [sys.executable, "-c", SUPERVISOR, str(self.folder), self.command[1], *how]
        return subprocess.Popen(words, cwd=BACKEND, stdout=subprocess.PIPE)

    @property
    def born(self) -> list[int]:
        return (
            [int(pid) for pid in self._births.read_text().split()] if self._births.exists() else []
        )

    @property
    def living(self) -> list[int]:
        return [pid for pid in self.born if is_alive(pid)]

    async def until_one_lives(self, *, other_than: int = 0) -> int:
        await seen(lambda: [pid for pid in self.living if pid != other_than], seconds=10.0)
        return self.living[-1]


def is_alive(pid: int) -> bool:
    """Whether it runs; one that only waits to be reaped does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.fixture
async def nursery(tmp_path: Path) -> AsyncIterator[Nursery]:
    nursery = Nursery(tmp_path)
    yield nursery
    for pid in nursery.living:
        os.kill(pid, signal.SIGKILL)


async def test_starting_takes_no_time_and_stopping_takes_the_child_along(nursery: Nursery) -> None:
    worker = nursery.worker()
    began = time.monotonic()
    await worker.start()
    took = time.monotonic() - began
    await nursery.until_one_lives()
    await worker.stop()

    assert took < 0.1
    assert nursery.living == []


async def test_there_is_one_child_whoever_supervises(nursery: Nursery) -> None:
    first, second = nursery.worker(), nursery.worker()
    await first.start()
    pid = await nursery.until_one_lives()
    await second.start()
    await asyncio.sleep(1.5)  # longer than between two tries for the lock
    only_one = nursery.living
    await first.stop()
    heir = await nursery.until_one_lives(other_than=pid)
    await second.stop()

    assert only_one == [pid]
    assert nursery.born == [pid, heir]
    assert nursery.living == []


async def test_a_killed_child_is_started_again(nursery: Nursery) -> None:
    worker = nursery.worker()
    await worker.start()
    pid = await nursery.until_one_lives()
    os.kill(pid, signal.SIGKILL)
    await nursery.until_one_lives(other_than=pid)
    living = nursery.living
    await worker.stop()

    assert len(living) == 1
    assert living != [pid]


async def test_a_child_is_gone_when_its_parent_was_killed_and_the_next_takes_over(
    nursery: Nursery,
) -> None:
    with nursery.parent() as parent:
        pid = await nursery.until_one_lives()
        next_one = nursery.worker()
        await next_one.start()
        parent.kill()
    heir = await nursery.until_one_lives(other_than=pid)
    living = nursery.living
    await next_one.stop()

    assert living == [heir]


async def test_a_stop_before_the_lock_is_free_leaves_nothing_behind(nursery: Nursery) -> None:
    first, second = nursery.worker(), nursery.worker()
    await first.start()
    pid = await nursery.until_one_lives()
    await second.start()
    await second.stop()
    await second.stop()
    still = nursery.living
    await first.stop()

    assert still == [pid]


async def test_there_is_no_second_child_while_an_orphan_lives(nursery: Nursery) -> None:
    """Not even when its parent vanished and it has not noticed."""
    with nursery.parent("careless") as parent:
        orphan = await nursery.until_one_lives()
        parent.kill()
    worker = nursery.worker()
    await worker.start()
    await asyncio.sleep(1.5)  # longer than between two tries for the lock
    alone = nursery.living
    os.kill(orphan, signal.SIGKILL)
    await nursery.until_one_lives(other_than=orphan)
    await worker.stop()

    assert alone == [orphan]


async def test_a_folder_that_cannot_be_written_is_told_and_harms_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    worker = EmbeddedWorker(tmp_path / "file", command=[sys.executable, "-c", ""])
    await worker.start()
    await seen(lambda: "cannot run" in caplog.text, seconds=10.0)
    await worker.stop()


def test_the_command_is_the_workers_door() -> None:
    assert COMMAND[1:] == ("-m", "worker", "--embedded")
    assert (BACKEND / "worker.py").is_file()
