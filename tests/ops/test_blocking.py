"""What blocks is left behind in time, and holds no program at its end."""

import asyncio
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ops.blocking import within

BACKEND = Path(__file__).parents[2] / "backend"
HANGS = """
import asyncio, threading
from ops.blocking import within
try:
    asyncio.run(within(0.05, threading.Event().wait))
except TimeoutError:
    print("left behind")
"""


async def test_the_answer_is_given() -> None:
    assert await within(5.0, lambda: 7) == 7


async def test_the_error_is_raised() -> None:
    def broken() -> None:
        raise FileNotFoundError("gone")

    with pytest.raises(FileNotFoundError, match="gone"):
        await within(5.0, broken)


async def test_what_hangs_is_left_behind_and_the_loop_goes_on() -> None:
    release = threading.Event()
    began = time.monotonic()
    other = asyncio.create_task(within(5.0, lambda: "other"))

    with pytest.raises(TimeoutError):
        await within(0.05, release.wait)
    answer = await other
    release.set()

    assert answer == "other"
    assert time.monotonic() - began < 4.0


def test_a_program_ends_while_something_still_hangs() -> None:
    words = [sys.executable, "-c", HANGS]
    ended = subprocess.run(words, cwd=BACKEND, capture_output=True, text=True, timeout=30)

    assert (ended.returncode, ended.stdout) == (0, "left behind\n")


async def test_a_cancellation_that_comes_with_the_answer_is_not_lost() -> None:
    """`asyncio.wait_for` of Python 3.11 swallows it: who was told to stop would go on for ever."""
    gate, others = threading.Event(), {*threading.enumerate()}
    task = asyncio.create_task(within(20.0, gate.wait))
    await asyncio.sleep(0)
    (thread,) = {*threading.enumerate()} - others
    gate.set()
    thread.join()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
