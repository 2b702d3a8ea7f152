"""One direction of a proxied connection, and what may be wrong with it. Opens no socket itself."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Final, Literal, TypeAlias

Way: TypeAlias = Literal["to_server", "to_client"]
BOTH: Final[tuple[Way, ...]] = ("to_server", "to_client")

_CHUNK: Final = 65536
_WAITING: Final = 64  # chunks held back before the sender feels it, as with a full window
_LOOK_AGAIN: Final = 3600.0


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with a connection, in the ways named. One at a time."""

    frozen: bool = False
    """Nothing passes, not even an end; what was held back passes afterwards."""
    swallows: bool = False
    """What comes is lost, ends too. Nothing that follows mends it: bytes are missing."""
    resets: bool = False
    delay: float = 0.0
    """Seconds from arrival to departure; many chunks may be on their way at once."""
    drip: float | None = None
    """One byte at a time, and after each a pause of so many seconds."""
    cut_after: int | None = None
    """The connection ends, in order, after so many bytes more."""
    ended: bool = False
    """The receiver was told that no more comes, and no more comes."""
    corrupt: float = 0.0
    """The share of bytes that arrive as another byte, the same ones for the same seed."""
    seed: str = ""
    ways: tuple[Way, ...] = BOTH


HEALTHY: Final = Fault()


class Cut(ConnectionError):
    """The flow passed as many bytes as it may."""


class Flow:
    """Bytes from one end to the other. `take` and `give` are to run at once until both return.

    `give` raises Cut when the connection is to end, or OSError when an end broke.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        count: Callable[[int], None],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._count = count
        self._fault = HEALTHY
        self._left: int | None = None
        self._random = Random()
        self._changed = asyncio.Event()
        self._queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_WAITING)

    def suffer(self, fault: Fault) -> None:
        """From this moment on, for what has not been handed on yet."""
        if (self._fault.swallows or self._fault.ended) and not fault.resets:
            return
        if fault.ended:
            with suppress(OSError):  # it ended by itself this moment
                self._writer.write_eof()
        self._fault = fault
        self._left = fault.cut_after
        self._random = Random(fault.seed)
        self._changed.set()

    async def take(self) -> None:
        while data := await self._reader.read(_CHUNK):
            await self._queue.put((time.monotonic(), data))
        await self._queue.put((time.monotonic(), b""))

    async def give(self) -> None:
        while True:
            arrived, data = await self._queue.get()
            if not data:
                break
            while data:
                data = await self._pass_on(data, arrived)
        await self._ripe(arrived)
        while self._fault.swallows:  # the end is lost, too
            await self._wait(_LOOK_AGAIN)
        if not self._fault.ended:
            self._writer.write_eof()

    async def _pass_on(self, data: bytes, arrived: float) -> bytes:
        """Hands on as much as may go at once; gives the rest."""
        await self._ripe(arrived)
        fault = self._fault
        if fault.swallows or fault.ended:
            return b""
        piece = data[: self._measure(len(data))]
        self._writer.write(self._spoiled(piece))
        self._count(len(piece))
        await self._writer.drain()
        if self._exhausted(len(piece)):
            raise Cut
        if fault.drip is not None:
            await self._wait(fault.drip)
        return data[len(piece) :]

    def _measure(self, size: int) -> int:
        wanted = size if self._fault.drip is None else 1
        return wanted if self._left is None else min(wanted, self._left)

    def _exhausted(self, passed: int) -> bool:
        if self._left is None:
            return False
        self._left -= passed
        return self._left <= 0

    def _spoiled(self, piece: bytes) -> bytes:
        share, draw = self._fault.corrupt, self._random
        if not share:
            return piece
        return bytes(
            byte ^ draw.randrange(1, 256) if draw.random() < share else byte for byte in piece
        )

    async def _ripe(self, arrived: float) -> None:
        """Returns when what arrived then may go on."""
        while (left := self._due(arrived) - time.monotonic()) > 0:
            await self._wait(left)

    def _due(self, arrived: float) -> float:
        return float("inf") if self._fault.frozen else arrived + self._fault.delay

    async def _wait(self, seconds: float) -> None:
        """So long, or until the fault changes."""
        self._changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, _LOOK_AGAIN)):
                await self._changed.wait()
