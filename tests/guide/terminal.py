"""A shell in a folder of its own, in which the guide's commands run as they are written.

What is elsewhere in a test than on a reader's machine is moved below them: `redis-cli` and `curl`
go to the test's servers when they are sent to the guide's ports.
"""

import os
import pty
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Final

from dev_servers import end, spawn
from guide.page import ROOT

SECONDS: Final = 30.0
"""Many times what any of the commands needs on a busy machine."""

_REDIS_CLI: Final = """#!/bin/sh
left=$#
while [ "$left" -gt 0 ]; do
  word=$1; shift; left=$((left - 1))
  case $word in 6379) word={port} ;; redis-server) word=127.0.0.1 ;; esac
  set -- "$@" "$word"
done
exec {real} -p {port} "$@"
"""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a command printed, both streams together, and how it ended."""

    text: str
    code: int

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


class Terminal:
    """A folder with the project's files in it by links, and the environment of its commands."""

    def __init__(
        self, folder: Path, *, redis_port: int = 1, port: int = 1, redis_url: str = "none"
    ) -> None:
        """Where the guide says 6379 and 8000, these ports are meant."""
        self.folder = folder
        self.log = folder / "logs" / "app.log"
        self.log.parent.mkdir(parents=True)
        for name in ("backend", "check-redis.sh", "deploy", "docs"):
            (folder / name).symlink_to(ROOT / name)
        tools = folder / "tools"
        tools.mkdir()
        shim = _REDIS_CLI.format(port=redis_port, real=shlex.quote(which("redis-cli") or "none"))
        (tools / "redis-cli").write_text(shim)
        (tools / "redis-cli").chmod(0o755)
        there = f'connect-to = "localhost:8000:127.0.0.1:{port}"'
        (folder / ".curlrc").write_text(f"{there}\nno-progress-meter\n")
        self.environment = {
            **os.environ,
            "PATH": f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "CURL_HOME": str(folder),
            "NO_PROXY": "*",
            "DATA_DIR": str(folder / "data"),
            "LOG_FILE": str(self.log),
            "DATABASE_URL": "",
            "REDIS_URL": redis_url,
            "PORT": str(port),
            "EMBEDDED_WORKER": "off",
            "UVICORN_PORT": str(port),
        }

    def run(self, commands: str, *, typed: str = "", **settings: str) -> Said:
        """What they print until they end, with `typed` as their input. Fails if they do not end."""
        done = subprocess.run(
            ["bash", "-c", commands],
            cwd=self.folder,
            env={**self.environment, **settings},
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return Said(text=done.stdout, code=done.returncode)

    @contextmanager
    def running(self, commands: str, **settings: str) -> Iterator[Path]:
        """Lets them go on in the background while the block runs; gives the file they print to."""
        console = self.folder / "console.log"
        environment = {**self.environment, **settings}
        process = spawn(["bash", "-c", commands], cwd=self.folder, env=environment, log=console)
        try:
            yield console
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)  # the shell, and what it started
            end(process)

    def watch(self, commands: str, until: str) -> str:
        """What they show on a screen until that is shown, then Ctrl-C. Fails when it is not."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            ["bash", "-c", commands],
            cwd=self.folder,
            env=self.environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        try:
            return _read(ours, until)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            end(process)
            os.close(ours)


def _read(screen: int, until: str) -> str:
    os.set_blocking(screen, False)
    shown, deadline = b"", time.monotonic() + SECONDS
    while until.encode() not in shown:
        assert time.monotonic() < deadline, f"{until!r} was not shown, but {shown.decode()!r}"
        with suppress(BlockingIOError):
            shown += os.read(screen, 65_536)
        time.sleep(0.01)
    return shown.decode(errors="replace").replace("\r\n", "\n")


def variables(environment: Mapping[str, str], commands: str, name: str) -> str:
    """What a shell has in a variable after these commands."""
    done = subprocess.run(
        ["bash", "-c", f'{commands}\nprintf %s "${name}"'],
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    return done.stdout
