"""However a call ends, its child ends first: cancelled, raised at, or killed with its parent."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from video import Limits
from video.child import run_child

Find = Callable[[Path], list[int]]
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True)"
FOREVER = [sys.executable, "-I", "-S", "-c", f"{DEAF}\nwhile True: time.sleep(9)"]


async def run(folder: Path, limits: Limits) -> None:
    await run_child(FOREVER, folder=folder, limits=limits, heard=lambda _: False)


async def test_cancelling_ends_a_deaf_child_within_two_seconds(
    tmp_path: Path, limits: Limits, running_in: Find
) -> None:
    started = asyncio.Event()

    def heard(_chunk: bytes) -> bool:
        started.set()
        return True

    running = asyncio.create_task(run_child(FOREVER, folder=tmp_path, limits=limits, heard=heard))
    await asyncio.wait_for(started.wait(), 10)
    alive, before = running_in(tmp_path), time.monotonic()
    running.cancel()
    await asyncio.wait({running})

    assert len(alive) == 1
    assert running.cancelled()
    assert time.monotonic() - before < 2.0
    assert running_in(tmp_path) == []


async def test_cancelling_twice_still_ends_the_child_first(
    tmp_path: Path, limits: Limits, running_in: Find
) -> None:
    running = asyncio.create_task(run(tmp_path, limits))
    await asyncio.to_thread(until, lambda: running_in(tmp_path))
    for _ in range(5):
        running.cancel()
        await asyncio.sleep(0.01)
    await asyncio.wait({running})

    assert running.cancelled()
    assert running_in(tmp_path) == []


async def test_cancelling_at_any_moment_of_the_start_leaves_nothing(
    tmp_path: Path, limits: Limits, running_in: Find
) -> None:
    for turns in range(12):
        running = asyncio.create_task(run(tmp_path, limits))
        for _ in range(turns):
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.wait({running})

        assert running.cancelled()
        assert running_in(tmp_path) == []


async def test_who_listens_may_end_the_child_by_raising(
    tmp_path: Path, limits: Limits, running_in: Find
) -> None:
    def enough(_chunk: bytes) -> bool:
        raise LookupError("the job is gone")

    with pytest.raises(LookupError, match="the job is gone"):
        await run_child(FOREVER, folder=tmp_path, limits=limits, heard=enough)

    assert running_in(tmp_path) == []


PARENT = """
import asyncio, sys
from pathlib import Path
from video import Limits, ffmpeg_path
from video.child import run_child
command = [ffmpeg_path(), *"-v error -re -f lavfi -i testsrc2 -f null -".split()]
asyncio.run(run_child(command, folder=Path(sys.argv[1]), limits=Limits(), heard=bool))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_killing_the_parent_kills_ffmpeg(tmp_path: Path, running_in: Find) -> None:
    backend = Path(__file__).parents[2] / "backend"
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    with subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(backend)}) as parent:
        started = until(lambda: any(map(is_ffmpeg, running_in(tmp_path))))
        parent.kill()

    assert started
    assert until(lambda: not running_in(tmp_path))


def is_ffmpeg(process: int) -> bool:
    try:
        return "ffmpeg" in Path(f"/proc/{process}/exe").readlink().name
    except OSError:
        return False


def until(found: Callable[[], object], seconds: float = 10.0) -> bool:
    """Ask again and again until the answer is yes, for so long at most."""
    end = time.monotonic() + seconds
    while not (answer := bool(found())) and time.monotonic() < end:
        time.sleep(0.02)
    return answer
