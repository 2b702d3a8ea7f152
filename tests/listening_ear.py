"""One who listens to a cache, and remembers what was delivered and when it was sure to live."""

from __future__ import annotations

import asyncio
import time

from cache import Cache


class Ear:
    """Listens from its making until the cache is stopped or the connection is lost."""

    def __init__(self, cache: Cache) -> None:
        self.values: list[bytes] = []
        self.signs: list[float] = []
        self._heard = asyncio.Event()
        self.task = asyncio.ensure_future(cache.listen(self.values.append, self._hear))

    @classmethod
    async def at(cls, cache: Cache) -> Ear:
        """An ear that is subscribed; fails when it is not within five seconds."""
        ear = cls(cache)
        await asyncio.wait_for(ear._heard.wait(), 5.0)
        return ear

    @property
    def ended(self) -> bool:
        return self.task.done()

    def _hear(self) -> None:
        self.signs.append(time.monotonic())
        self._heard.set()
