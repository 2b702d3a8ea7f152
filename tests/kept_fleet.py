"""A fleet that is looked after by what a test tells, and the end of all that it began."""

import asyncio
import time

from cache.redis_credentials import Credentials
from cache.redis_fleet import Fleet
from cache.redis_layout import Layout
from cache.redis_lookout import Lookout
from cache.redis_target import Node
from patience import until_in_use
from redis_parts import NOBODY, Opened

A, B = Node(host="a", port=1), Node(host="b", port=1)


class Teller:
    """A discovery that tells what it is made to tell, and counts the looks."""

    beat_seconds: float | None = 60.0

    def __init__(self, layout: Layout | Exception) -> None:
        self.told = layout
        self.looks: list[float] = []
        self.at_once = self.most_at_once = 0
        self.talks = asyncio.Event()
        self.talks.set()
        self.closed = False

    async def look(self) -> Layout:
        self.looks.append(time.monotonic())
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.talks.wait()
        finally:
            self.at_once -= 1
        if isinstance(self.told, Exception):
            raise self.told
        return self.told

    async def close(self) -> None:
        self.closed = True


class Kept:
    """A fleet, and whoever looks after it."""

    def __init__(
        self, told: Layout | Exception, credentials: Credentials = NOBODY, patience: float = 2.0
    ) -> None:
        opened = Opened()
        self.stats = opened.stats
        self.fleet: Fleet = opened.fleet()
        self.teller = Teller(told)
        self.lookout = Lookout(
            self.fleet,
            self.teller,
            credentials,
            opened.stats,
            name="redis+sentinel://***@there/s",
            hides=lambda: ["secret"],
            patience=patience,
        )

    async def start(self) -> None:
        """Begun, and all of it in use."""
        await self.lookout.start()
        await until_in_use(self.fleet)

    async def stop(self) -> None:
        await self.lookout.stop()
        await self.fleet.stop()
