"""The worker that the API brings along: EDGE, starts and supervises one child process.

One per DATA_DIR, however many API processes there are: whoever holds the lock supervises. The child
inherits the lock, so that it is free only when the child, too, is gone; and it reads a pipe that
ends when its parent does (see parent.py).
"""

import asyncio
import fcntl
import logging
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

BACKEND: Final = Path(__file__).resolve().parent.parent
COMMAND: Final = (sys.executable, "-m", "worker", "--embedded")

_LOCK_SECONDS: Final = 1.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0  # before a worker that ended is started again
_STEADY_SECONDS: Final = 30.0  # a worker that lived as long was no false start
_STOP_SECONDS: Final = 7.0  # more than a worker takes to give its jobs back

_log = logging.getLogger("tally.work")


class EmbeddedWorker:
    """`await start()` returns at once; `await stop()` when the child has given its jobs back."""

    def __init__(self, data_dir: Path, *, command: Sequence[str] = COMMAND) -> None:
        self._lock_path = data_dir / "worker.lock"
        self._command = command
        self._supervising: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._supervising = asyncio.create_task(self._supervise())

    async def stop(self) -> None:
        """Harmless if it was never started. The child is gone when this returns."""
        if self._supervising is None:
            return
        self._supervising.cancel()
        await asyncio.wait({self._supervising})
        self._supervising = None

    async def _supervise(self) -> None:
        try:
            await self._keep_one()
        except OSError:
            _log.exception("the embedded worker cannot run; start one apart: python -m worker")

    async def _keep_one(self) -> None:
        lock = await self._locked()
        try:
            pause = _FIRST_PAUSE
            while True:
                began = time.monotonic()
                code = await self._run(lock)
                steady = time.monotonic() - began > _STEADY_SECONDS
                pause = _FIRST_PAUSE if steady else min(pause * 2, _LONGEST_PAUSE)
                _log.warning("the embedded worker ended (%s); next in %.0f s", code, pause)
                await asyncio.sleep(pause)
        finally:
            os.close(lock)

    async def _locked(self) -> int:
        """The lock's file descriptor, once no other process holds it."""
        self._lock_path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while True:
                with suppress(BlockingIOError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return lock
                await asyncio.sleep(_LOCK_SECONDS)
        except BaseException:
            os.close(lock)
            raise

    async def _run(self, lock: int) -> int:
        """One life of the child; its exit code. Cancelling ends the child first."""
        child = await asyncio.create_subprocess_exec(
            *self._command,
            cwd=BACKEND,
            stdin=PIPE,
            pass_fds=(lock,),
            start_new_session=True,  # Ctrl-C in a terminal is for the API, which then tells it
        )
        _log.info("the embedded worker runs as process %d", child.pid)
        try:
            return await child.wait()
        finally:
            await _end(child)


async def _end(child: Process) -> None:
    """Politely, then not. Nothing if it is gone already."""
    if child.returncode is not None:
        return
    with suppress(ProcessLookupError):
        child.terminate()
    try:
        await asyncio.wait_for(child.wait(), _STOP_SECONDS)
    except TimeoutError:
        child.kill()
        await child.wait()
