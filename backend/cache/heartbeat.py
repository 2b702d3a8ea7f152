"""The background beat that finds out how a server is, with no help of requests. Knows no Redis."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final

BEAT_SECONDS: Final = 0.9
"""Between beats while all is well."""
AGAIN_SECONDS: Final = 0.1
"""After a first failure: five failed beats are then certain within 2 s (see breaker.py)."""
LONGEST_SECONDS: Final = 0.8
"""Between beats while the server is away: back in use within 2 s also after a slow connect."""
FIRST_SECONDS: Final = 0.5
"""How long a start waits for the first beat: a frozen server must not keep the door shut."""


def pause(failures: int, *, in_use: bool, jitter: float) -> float:
    """Seconds until the next beat after `failures` in a row; jitter, 0-1, spreads processes."""
    if failures == 0:
        return BEAT_SECONDS * (0.9 + 0.1 * jitter)
    if in_use:
        return AGAIN_SECONDS
    longest = min(LONGEST_SECONDS, AGAIN_SECONDS * 2.0 ** min(failures, 10))
    return longest * (0.5 + 0.5 * jitter)


class Heartbeat:
    """Beats from `start` to `stop`. `beat` must not raise, and must end by itself."""

    def __init__(self, beat: Callable[[], Awaitable[bool]], in_use: Callable[[], bool]) -> None:
        self._beat = beat
        self._in_use = in_use
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin, and wait a little for the first beat so that whoever starts us knows how it is."""
        first = asyncio.Event()
        self._task = asyncio.create_task(self._live(first), name="cache-heartbeat")
        waiting = asyncio.create_task(first.wait())
        try:
            await asyncio.wait(
                {self._task, waiting},
                timeout=FIRST_SECONDS,
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            waiting.cancel()

    async def stop(self) -> None:
        """End. Harmless when nothing beats."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None

    async def _live(self, first: asyncio.Event) -> None:
        failures = 0
        while True:
            well = await self._beat()
            first.set()
            failures = 0 if well else failures + 1
            jitter = random.random()
            await asyncio.sleep(pause(failures, in_use=self._in_use(), jitter=jitter))
