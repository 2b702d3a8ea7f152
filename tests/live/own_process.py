"""Part of a test in a process of its own: a plan goes in by a file, records come out as lines."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self, TypeAlias

from dev_servers import end, spawn
from live.observation import R, line, read_lines

Note: TypeAlias = Callable[[tuple[Any, ...]], None]

_ROOT = Path(__file__).resolve().parents[2]
_PLACES = (_ROOT / "backend", _ROOT / "tests", _ROOT)


class OwnProcess:
    """`async with OwnProcess("live.crowd_process", plans, folder, "crowd")` runs it meanwhile."""

    def __init__(self, module: str, plans: Sequence[Any], folder: Path, name: str) -> None:
        self._module = module
        self._plans = plans
        self._asked = folder / f"{name}.json"
        self._lines = folder / f"{name}.jsonl"
        self._log = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Returns at once; call it from the main thread."""
        self._asked.write_text(json.dumps([asdict(plan) for plan in self._plans]))
        self._lines.touch()
        self._process = spawn(
            [sys.executable, "-m", self._module, self._asked, self._lines],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, _PLACES))},
            cwd=_ROOT,
            log=self._log,
        )
        return self

    async def __aenter__(self) -> Self:
        return self.start()

    async def __aexit__(self, *error: object) -> None:
        await self.stop()

    async def wait(self, seconds: float) -> None:
        """Until it has done what was planned. Fails when it failed, or needs longer."""
        assert self._process
        code = await asyncio.to_thread(self._process.wait, seconds)
        assert code == 0, self._log.read_text()[-3000:]

    async def stop(self) -> None:
        """Ends it where it is; what it noted is kept. Fails when it had failed before."""
        assert self._process
        await asyncio.to_thread(end, self._process)
        assert self._process.returncode <= 0, self._log.read_text()[-3000:]

    def kill(self) -> None:
        """`kill -9`: the last notes may be missing."""
        assert self._process
        end(self._process, by=signal.SIGKILL)

    def records(self, kind: type[R]) -> Iterator[R]:
        """What it has noted so far."""
        return read_lines(self._lines, kind)


def run_in_own_process(act: Callable[[dict[str, Any], Note], Coroutine[Any, Any, None]]) -> None:
    """The whole of such a process: does the act for each plan at once, until done or SIGTERM."""
    asked, answer = map(Path, sys.argv[1:])
    with answer.open("a", buffering=1) as lines:  # a line at a time: the test reads meanwhile
        asyncio.run(_all(act, json.loads(asked.read_text()), lambda it: _write(lines.write, it)))


def _write(write: Callable[[str], object], record: tuple[Any, ...]) -> None:
    write(line(record))


async def _all(
    act: Callable[[dict[str, Any], Note], Coroutine[Any, Any, None]],
    plans: Sequence[dict[str, Any]],
    note: Note,
) -> None:
    this = asyncio.current_task()
    assert this
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*(act(plan, note) for plan in plans))
