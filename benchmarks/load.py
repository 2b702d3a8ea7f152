"""A bounded load from one process: keep-alive connections that ask again once answered.

It measures servers slower than itself; the hello world in `polls.py` shows where it ends. Only for
127.0.0.1.
"""

import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """What one round measured. Latencies are in seconds."""

    answers: int
    errors: int
    seconds: float
    latencies: Sequence[float]

    @property
    def per_second(self) -> float:
        return self.answers / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class _Connection(asyncio.Protocol):
    """One keep-alive connection: sends the next request when the answer before is complete."""

    def __init__(self, requests: Iterator[bytes], deadline: float) -> None:
        self._requests = requests
        self._deadline = deadline
        self._buffer = bytearray()
        self.latencies: list[float] = []
        self.errors = 0
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._sent = time.perf_counter()
        if self._sent >= self._deadline:
            self._transport.close()
            return
        self._transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head_end = self._buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = bytes(self._buffer[:head_end]).lower()
        if len(self._buffer) < head_end + 4 + _content_length(head):
            return
        self._buffer.clear()
        self.latencies.append(time.perf_counter() - self._sent)
        self.errors += not head.startswith((b"http/1.1 200", b"http/1.1 304"))
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        self.errors += exc is not None
        self.closed.set_result(None)


def _content_length(head: bytes) -> int:
    at = head.find(b"content-length:")
    return int(head[at + 15 :].split(b"\r", 1)[0]) if at >= 0 else 0


async def run_load(port: int, paths: Sequence[str], *, connections: int, seconds: float) -> Result:
    """Ask for the paths in turn over that many connections for that long."""
    cycle = itertools.cycle(
        [f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode() for path in paths]
    )
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    crowd = [
        (await loop.create_connection(lambda: _Connection(cycle, started + seconds), host, port))[1]
        for host in ["127.0.0.1"] * connections
    ]
    await asyncio.gather(*(connection.closed for connection in crowd))
    return Result(
        answers=sum(len(connection.latencies) for connection in crowd),
        errors=sum(connection.errors for connection in crowd),
        seconds=time.perf_counter() - started,
        latencies=[each for connection in crowd for each in connection.latencies],
    )
