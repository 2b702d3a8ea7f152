"""A bounded load that remembers each poll: keep-alive clients that ask again once answered.

For what wrk cannot tell: what came of each poll, when it was sent, and clients that wait between
two polls. It measures servers slower than itself. Only for 127.0.0.1.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_GRACE_SECONDS: Final = 12.0
"""How long after its end a load waits for answers; a poll without one by then is an error."""


@dataclass(frozen=True, kw_only=True)
class Polled:
    """One poll. Times are of `time.monotonic()`; `status` 0: no answer."""

    sent: float
    answered: float
    status: int

    @property
    def seconds(self) -> float:
        return self.answered - self.sent

    @property
    def failed(self) -> bool:
        return self.status not in (200, 304)


class Client:
    """One connection that polls the paths in turn. `conditional`: it says which version it has."""

    def __init__(self, port: int, paths: Iterable[str] = (), *, conditional: bool = False) -> None:
        self._port = port
        self._paths = iter(paths)
        self._conditional = conditional
        self._etag = ""
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.polls: list[Polled] = []

    async def connect(self) -> None:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)

    async def poll(self, path: str) -> None:
        """Takes down what came of it. Raises nothing but CancelledError."""
        sent = time.monotonic()
        try:
            await self.connect()
            status = await self._asked(path)
        except (OSError, EOFError, ValueError):
            status = 0
            self.hang_up()
        except asyncio.CancelledError:
            self.polls.append(Polled(sent=sent, answered=time.monotonic(), status=0))
            raise
        self.polls.append(Polled(sent=sent, answered=time.monotonic(), status=status))

    async def poll_until(self, deadline: float, every: float, at: float) -> None:
        """First after `at` seconds, then with so many between two polls' beginnings."""
        due = time.monotonic() + at
        while due < deadline:
            await asyncio.sleep(due - time.monotonic())
            await self.poll(next(self._paths))
            if self._streams is None:
                await asyncio.sleep(0.05)  # a server that refuses must not be asked in a tight loop
            due = max(due + every, time.monotonic())

    def hang_up(self) -> None:
        if self._streams:
            self._streams[1].close()
        self._streams = None

    async def _asked(self, path: str) -> int:
        assert self._streams
        reader, writer = self._streams
        seen = f"If-None-Match: {self._etag}\r\n" if self._etag and self._conditional else ""
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{seen}\r\n".encode())
        status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines if line)
        if length := int(headers.get("content-length", 0)):
            await reader.readexactly(length)
        self._etag = headers.get("etag", self._etag)
        return int(status.split()[1])


async def run_clients(clients: Sequence[Client], *, seconds: float, every: float = 0.0) -> None:
    """All of them poll for that long; with `every`, each begins at its own moment of that span."""
    deadline = time.monotonic() + seconds
    running = [
        asyncio.create_task(client.poll_until(deadline, every, every * place / len(clients)))
        for place, client in enumerate(clients)
    ]
    _, late = await asyncio.wait(running, timeout=seconds + _GRACE_SECONDS)
    for task in late:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    for client in clients:
        client.hang_up()
