"""A mending over a cache in this process, moved by a test."""

from cache import CacheStats, Lifetimes
from cache.mending import Mending
from cache.shared import Shared
from example_documents import Clock
from jobs import Document
from scripted_cache import ScriptedCache

SOON, LATE = 0.19, 0.41
"""Seconds before and after anybody's patience ends."""


class Mended:
    """A mending over a cache in this process, which a test tells what a feed or a push would."""

    def __init__(self) -> None:
        self.clock, self.wall = Clock(), Clock(1_000_000.0)
        self.cache = ScriptedCache()
        self.stats = CacheStats()
        shared = Shared(self.cache, Lifetimes(), self.stats)
        self.mending = Mending(shared, self.stats, clock=self.clock, wall=self.wall)

    def pass_time(self, seconds: float) -> None:
        self.clock.now += seconds
        self.wall.now += seconds

    async def mend_after(self, seconds: float) -> list[int]:
        """The versions put in all."""
        self.pass_time(seconds)
        await self.mending.mend()
        return self.cache.puts

    @property
    def mended(self) -> int:
        return int(self.stats.snapshot()["mended"])

    def changed(self, document: Document) -> None:
        """The feed tells, asked this moment."""
        self.mending.changed(document, self.clock())
