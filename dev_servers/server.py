"""What every server for development has in common: its folder, its log, its life and its deaths."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

from .processes import end, family, free_port, spawn

START_SECONDS = 30.0  # many times what a loaded machine with two cores needs


class ServerError(Exception):
    """A server did not start or did not answer. The message carries the end of its log."""


class Server:
    """A server process that can be started, stopped, killed, frozen, and started again."""

    def __init__(self, *, port: int | None, folder: Path | None) -> None:
        self.port = port or free_port()
        self.folder = folder or Path(tempfile.mkdtemp(prefix="tally-", dir=open_temp()))
        self._is_temporary = folder is None
        self._log = self.folder / "server.log"
        self._birth = 0  # where in the log this life begins
        self._owner: pwd.struct_passwd | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.close()

    def command(self) -> list[str]:
        """The words that start it in the foreground on `self.port`."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether it serves now. Waits a few seconds at most."""
        raise NotImplementedError

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def running(self) -> bool:
        """Whether the process is there; a frozen one is."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        """Returns once it serves, at the same port as before. Raises ServerError when it cannot."""
        try:
            for _ in range(20):
                if self.running or self._rise():
                    return self
                time.sleep(0.25)
        except BaseException:
            self.kill()
            raise
        raise ServerError(f"{self.command()[0]} finds something in use:\n{self._last_words()}")

    def _rise(self) -> bool:
        """Whether it came up; False when what it needs is in use, maybe by its own last life."""
        self._birth = self._log.stat().st_size if self._log.exists() else 0
        self._process = spawn(
            self.command(),
            log=self._log,
            owner=self._owner,
            farewell=signal.SIGKILL,  # the only one that a frozen server hears
        )
        deadline = time.monotonic() + START_SECONDS
        while self.running:
            if self.answers():
                return True
            if time.monotonic() > deadline:
                raise ServerError(f"{self.command()[0]} does not answer:\n{self._last_words()}")
            time.sleep(0.01)
        if "in use" not in self._last_words():
            raise ServerError(f"{self.command()[0]} ended at once:\n{self._last_words()}")
        return False

    def _last_words(self) -> str:
        return self._log.read_bytes()[self._birth :][-2000:].decode(errors="replace")

    def stop(self, by: signal.Signals = signal.SIGTERM) -> None:
        """Ends it in order; thaws it first. Nothing happens when it does not run."""
        if self._process:
            self.thaw()
            end(self._process, by=by)

    def kill(self) -> None:
        """Ends it and its children as `kill -9` does."""
        self._signal(signal.SIGKILL)
        if self._process:
            self._process.wait()

    def freeze(self) -> None:
        """It stays there and accepts connections, but answers nothing until `thaw`."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def restart(self) -> None:
        self.stop()
        self.start()

    def close(self) -> None:
        """Ends it and removes its temporary folder."""
        self.stop()
        if self._is_temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _signal(self, number: signal.Signals) -> None:
        for pid in list(family(self.pid)) if self.running else []:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


def open_to_all(folder: Path) -> bool:
    return all(
        path.stat().st_mode & 0o001 for path in (folder.resolve(), *folder.resolve().parents)
    )


def open_temp() -> str | None:
    """A folder for temporary ones that also a server run as nobody can reach; None: the usual."""
    return None if open_to_all(Path(tempfile.gettempdir())) else "/tmp"
