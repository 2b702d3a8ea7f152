"""Tally as its users run it: real processes that share a DATA_DIR, and what it takes to hurt them.

Imports nothing of the application: settings go in by the environment, as in production. Finding
processes needs Linux's /proc.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from dev_servers import end, free_port, spawn
from dev_servers.tally import FAST_LANE
from live.client import Api
from patience import seen

BACKEND = Path(__file__).resolve().parents[2] / "backend"


class Installation:
    """One DATA_DIR, its settings, and the processes that share them; `close()` ends them all.

    APIs have the fast lane, as in production; `words`: what uvicorn is told in its place.
    """

    def __init__(
        self, folder: Path, *, backend: Path = BACKEND, words: tuple[str, ...] = FAST_LANE
    ) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "app.log"
        self.console = folder / "console.log"
        self.backend = backend
        self.words = words
        self.settings = {
            "DATA_DIR": str(self.data),
            "LOG_FILE": str(self.log),
            "DATABASE_URL": "",
            "REDIS_URL": "none",
            "EMBEDDED_WORKER": "auto",
        }
        self._processes: list[subprocess.Popen[bytes]] = []
        self.apis: list[Api] = []

    def serve(self, *words: str, **settings: str) -> Api:
        """Starts an API at PORT if that is a setting of it. `words` go to uvicorn as well."""
        port = int(settings.get("PORT") or free_port())
        command = ("uvicorn", "main:app", "--port", str(port), *self.words, *words)
        api = Api(self._start(*command, **settings), port, self.console)
        self.apis.append(api)
        return api

    def work(self, **settings: str) -> subprocess.Popen[bytes]:
        """Starts a worker in a process of its own."""
        return self._start("worker", **settings)

    def _start(self, *words: str, **settings: str) -> subprocess.Popen[bytes]:
        process = spawn(
            [sys.executable, "-m", *words],
            cwd=self.backend,
            env={**os.environ, **self.settings, **settings},
            log=self.console,
        )
        self._processes.append(process)
        return process

    def processes(self, word: str = "") -> dict[int, str]:
        """All that run for it or in it with the word in their command line, by process id."""
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it ended in this moment
                command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                traces = f"{(place / 'environ').read_bytes()!r}{(place / 'cwd').readlink()}/"
                if word in command and f"{self.folder}/" in command + traces:
                    found[int(place.name)] = command
        return {pid: command for pid, command in found.items() if command}

    def workers(self) -> set[int]:
        """The ids of all worker processes."""
        return {*self.processes("-m worker")}

    def kill_all(self) -> None:
        """`kill -9` of everything: APIs, workers and their children."""
        for pid in self.processes():
            kill(pid)
        for process in self._processes:
            process.wait()

    def running(self) -> bool:
        """Whether anything that was started here goes on."""
        return any(process.poll() is None for process in self._processes)

    def end(self) -> None:
        """Ends everything in order; more may be started."""
        for process in reversed(self._processes):
            end(process)

    async def close(self) -> None:
        """Ends everything in order; fails if something of it goes on all the same."""
        self.end()
        for api in self.apis:
            await api.http.aclose()
        try:
            await seen(self.processes, lambda left: not left, seconds=10)
        finally:
            self.kill_all()


async def next_worker(installation: Installation, old: int) -> int:
    """The one worker that follows the old one; fails if there ever are two."""

    def another(now: set[int]) -> bool:
        assert len(now) <= 1, installation.processes()
        return bool(now - {old})

    (new,) = await seen(installation.workers, another, beat=0.01)
    return new


def kill(pid: int) -> None:
    """`kill -9`; harmless if it is gone already."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
