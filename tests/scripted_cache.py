"""A cache in this process that keeps the rules of the real one, and is away when a test says."""

import asyncio
from collections.abc import Callable
from typing import Final

from cache.tier import Budget, Found, Kept, PutOutcome, Stored, TierState, Trouble

_VERSION: Final = slice(8, 27)


class ScriptedCache:
    """Keeps a value unless one at least as new is there, and announces what it keeps.

    `trouble` is what every call meets; `enabled` and `detail` are what the state says.
    """

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.puts: list[int] = []
        self.attempts = 0
        self.written: list[bytes] = []
        self.seconds: list[float] = []
        self.most_at_once = 0
        self.trouble: Trouble | None = None
        self.enabled = True
        self.detail = "redis"
        self.listeners: list[Callable[[bytes], None]] = []
        self.listened = 0
        self.lost = asyncio.Event()
        self._at_once = 0

    async def start(self) -> None:
        """Nothing to begin."""

    async def stop(self) -> None:
        """Nothing to end."""

    def state(self) -> TierState:
        return TierState(enabled=self.enabled, detail=self.detail, ttl_seconds=30.0)

    def budget(self) -> Budget:
        return Budget(1.0)

    async def get(self, key: str, budget: Budget) -> Found:
        return self.trouble or self.values.get(key)

    async def put(self, key: str, value: bytes, budget: Budget, *, seconds: float) -> PutOutcome:
        self.attempts += 1
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await asyncio.sleep(0)
        self._at_once -= 1
        if self.trouble:
            return self.trouble
        self.puts.append(int(value[_VERSION]))
        self.seconds.append(seconds)
        return self._keep(key, value)

    def _keep(self, key: str, value: bytes) -> PutOutcome:
        held = self.values.get(key, b"")
        if held[_VERSION] >= value[_VERSION]:
            return Kept(newer=held if held[_VERSION] > value[_VERSION] else None)
        self.values[key] = value
        self.written.append(value)
        self.announce(value)
        return Stored()

    def announce(self, value: bytes) -> None:
        for deliver in self.listeners:
            deliver(value)

    async def listen(self, deliver: Callable[[bytes], None], heard: Callable[[], None]) -> None:
        self.listened += 1
        self.listeners.append(deliver)
        heard()
        try:
            await self.lost.wait()
        finally:
            self.listeners.remove(deliver)
