"""EDGE: the one file that starts processes. Starts a child with limits, listens, ends it.

A child never outlives the call that started it: not an exception, not a cancellation, and on Linux
not the death of this process (see launch.py).
"""

import asyncio
import json
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from video.ending import Ended
from video.errors import Code, failure
from video.limits import Limits
from video.watchdog import Cut, Watchdog

LAUNCHER = Path(__file__).with_name("launch.py")
SAID_BYTES = 8192
# A killed process is gone at once, unless the kernel holds it for a disk that does not answer.
REAP_SECONDS = 0.5
# A child that reads hostile bytes has no business with our passwords.
KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")

T = TypeVar("T")


async def run_child(
    command: Sequence[str], *, folder: Path, limits: Limits, heard: Callable[[bytes], bool]
) -> Ended:
    """Run a command in `folder` until it ends or has had its time, and say how it ended.

    `heard` gets its stdout piece by piece and says whether it got further; what `heard` raises ends
    the child and is passed on. Cancelling ends the child within two seconds and is passed on then.
    The calling thread must live as long as the call: on Linux the child dies with it.
    """
    process = await _start(command, folder, limits)
    dog = Watchdog(
        wall_seconds=limits.wall_seconds, stall_seconds=limits.stall_seconds, now=time.monotonic()
    )
    listening = asyncio.ensure_future(_listen(process, heard, dog))
    try:
        cut = await _watch(listening, dog)
        if cut is not None:
            await _to_the_end(_end(process, limits.grace_seconds))
        said = await _last_words(listening)
    finally:
        await _to_the_end(_part(process, listening, limits.grace_seconds))
    code = process.returncode
    return Ended(exit_code=-signal.SIGKILL if code is None else code, said=said, cut=cut)


async def _start(command: Sequence[str], folder: Path, limits: Limits) -> Process:
    asked = {
        "parent": os.getpid(),
        "cpu_seconds": limits.cpu_seconds,
        "file_bytes": limits.output_bytes,
        "memory_bytes": limits.memory_bytes,
    }
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(LAUNCHER), json.dumps(asked), *command),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            cwd=folder,
            env=_environment(),
            start_new_session=True,
        )
    )
    try:
        await _to_the_end(starting)
    except OSError as error:
        raise failure(Code.ENCODE_FAILED, detail=f"no process could start: {error}") from error
    except asyncio.CancelledError:
        if not starting.cancelled() and starting.exception() is None:
            await _to_the_end(_end(starting.result(), 0.0))
        raise
    return starting.result()


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    # Each arena reserves 64 MB of addresses, used or not, and it is addresses that are limited.
    return kept | {"MALLOC_ARENA_MAX": "2"}


async def _listen(process: Process, heard: Callable[[bytes], bool], dog: Watchdog) -> str:
    """Read both pipes until the child closes them and is gone; the end of its stderr."""
    assert process.stdout
    assert process.stderr

    async def hear(pipe: asyncio.StreamReader) -> None:
        while chunk := await pipe.read(SAID_BYTES):
            if heard(chunk):
                dog.moved(time.monotonic())

    _, said, _ = await asyncio.gather(hear(process.stdout), _tail(process.stderr), process.wait())
    return said


async def _tail(pipe: asyncio.StreamReader) -> str:
    said = b""
    while chunk := await pipe.read(SAID_BYTES):
        said = (said + chunk)[-SAID_BYTES:]
    return said.decode("utf-8", "replace")


async def _watch(listening: asyncio.Future[str], dog: Watchdog) -> Cut | None:
    """Wait until the child is gone (None) or has had its time."""
    while not listening.done():
        cut = dog.verdict(time.monotonic())
        if cut is not None:
            return cut
        await asyncio.wait({listening}, timeout=dog.patience(time.monotonic()))
    return None


async def _last_words(listening: asyncio.Future[str]) -> str:
    """What the listener has heard; a child that cannot be reaped leaves nothing."""
    await asyncio.wait({listening}, timeout=REAP_SECONDS)
    return listening.result() if listening.done() else ""


async def _part(process: Process, listening: asyncio.Future[str], grace_seconds: float) -> None:
    """Leave nothing running: neither the child nor its listener."""
    await _end(process, grace_seconds)
    listening.cancel()
    await asyncio.wait({listening})


async def _end(process: Process, grace_seconds: float) -> None:
    """SIGTERM to the whole group, a short grace, SIGKILL, reap. Nothing if it is gone already."""
    if process.returncode is not None:
        return
    try:
        if grace_seconds > 0:
            _signal(process, signal.SIGTERM)
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), grace_seconds)
    finally:
        if process.returncode is None:
            _signal(process, signal.SIGKILL)
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), REAP_SECONDS)


def _signal(process: Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):  # it went in this very moment
        os.killpg(process.pid, number)


async def _to_the_end(work: Awaitable[T]) -> T:
    """Wait for something that must be finished even if we are cancelled meanwhile, once or more
    often; the cancellation is passed on when it is."""
    task = asyncio.ensure_future(work)
    cancelled = False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            cancelled = True
        except BaseException:  # the task's own; told below
            break
    if cancelled:
        raise asyncio.CancelledError
    return task.result()
