"""A mending over a cache in this process, moved by a test."""

from cache import CacheStats, Lifetimes
from cache.mending import Mending
from cache.near import Near
from cache.shared import Shared
from example_documents import Clock
from jobs import Document
from scripted_cache import ScriptedCache

SOON, LATE = 0.19, 0.41
"""Seconds before and after anybody's patience ends."""


class Mended:
    """A mending over a cache in this process, and a feed that tells the near tier first."""

    def __init__(self) -> None:
        self.clock, self.wall = Clock(), Clock(1_000_000.0)
        self.cache = ScriptedCache()
        self.stats = CacheStats()
        self.near = Near(entries=100, size=2**20, negative_seconds=1.0, clock=self.clock)
        shared = Shared(self.cache, Lifetimes(), self.stats)
        self.mending = Mending(shared, self.near, self.stats, clock=self.clock, wall=self.wall)

    def change(self, document: Document) -> None:
        self.near.keep(document, self.clock.now, self.near.epoch)
        self.mending.changed(document)

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
