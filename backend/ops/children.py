"""EDGE: the one file of this room that starts processes: a drill's servers, an operator's commands.

No child outlives the block that it was started for: not an error, not Ctrl-C, and on Linux not the
death of this process (see leash.py).
"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

_LEASH: Final = Path(__file__).with_name("leash.py")
_GRACE_SECONDS: Final = 10.0
"""From the polite word to the other one. An API that is asked to stop finishes its answers."""
_LAST_WORDS: Final = 600


class CommandFailed(Exception):
    """A command of the operator ended with an error, or not at all; the message is one line."""


class Child:
    """A running server and the file with what it says."""

    def __init__(self, process: Process, log: Path) -> None:
        self._process = process
        self._log = log

    @property
    def running(self) -> bool:
        return self._process.returncode is None

    @property
    def last_words(self) -> str:
        """The end of what it said, on one line."""
        said = self._log.read_bytes()[-_LAST_WORDS:].decode(errors="replace")
        return " ".join(said.split())

    async def stop(self) -> None:
        """Ends it in order, or else: it is gone when this returns. Harmless to be called twice."""
        if not self.running:
            return
        _signal(self._process, signal.SIGTERM)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(_GRACE_SECONDS):
                    await self._process.wait()
        finally:
            if self.running:
                _signal(self._process, signal.SIGKILL)
                await self._process.wait()


@asynccontextmanager
async def running(
    command: Sequence[str], *, log: Path, cwd: Path, env: Mapping[str, str]
) -> AsyncIterator[Child]:
    """A server for as long as the block. Whether it comes up is for the caller to find out."""
    with log.open("ab") as file:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(_LEASH), str(os.getpid()), *command),
            stdin=DEVNULL,
            stdout=file,
            stderr=file,
            cwd=cwd,
            env=dict(env),
            start_new_session=True,  # Ctrl-C is for us, who then stop it
        )
    child = Child(process, log)
    try:
        yield child
    finally:
        await child.stop()


async def run_command(line: str, *, name: str, seconds: float) -> None:
    """A line of the operator's, by the shell. Raises CommandFailed, after so long at the latest.

    The line may hold a password, so messages have its name only. What it leaves running in the
    background stays, for it may be a server.
    """
    with TemporaryFile() as said:
        process = await asyncio.create_subprocess_shell(
            line, stdin=DEVNULL, stdout=said, stderr=said, start_new_session=True
        )
        try:
            async with asyncio.timeout(seconds):
                await process.wait()
        except TimeoutError:
            raise CommandFailed(f"{name} did not end within {seconds:g} s.") from None
        finally:
            if process.returncode is None:
                _signal(process, signal.SIGKILL)
                await process.wait()
        if process.returncode:
            said.seek(0)
            words = " ".join(said.read().decode(errors="replace").split())[-_LAST_WORDS:]
            words = words or "it said nothing"
            raise CommandFailed(f"{name} ended with {process.returncode}: {words}")


def _signal(process: Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):  # it went in this very moment
        os.killpg(process.pid, number)
