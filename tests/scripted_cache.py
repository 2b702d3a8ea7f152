"""A cache in this process that keeps the rules of the real one, and is away when a test says."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from cache.tier import Budget, Found, Kept, Put, PutOutcome, Stored, TierState, Trouble

_VERSION: Final = slice(8, 27)


class ScriptedCache:
    """Keeps a value unless one at least as new is there, and announces what it keeps.

    `trouble` is what every call meets, `troubles` what those of these jobs do; `enabled` and
    `detail` are what the state says. `replica`: where gets go that need not find the newest, if
    there is one. `asked`: the keys of each get; `pipelines`: how many puts each time.
    """

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.replica: dict[str, bytes] | None = None
        self.asked: list[tuple[str, ...]] = []
        self.puts: list[int] = []
        self.pipelines: list[int] = []
        self.written: list[bytes] = []
        self.seconds: list[float] = []
        self.most_at_once = 0
        self.trouble: Trouble | None = None
        self.troubles: dict[str, Trouble] = {}
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
        return TierState(
            enabled=self.enabled,
            detail=self.detail,
            ttl_seconds=30.0,
            reads="primary" if self.replica is None else "replica",
        )

    def budget(self) -> Budget:
        return Budget(1.0)

    def shard(self, key: str) -> str | None:
        return "the only one" if self.enabled else None

    async def get(self, key: str, budget: Budget, *, newest: bool = False) -> Found:
        return (await self.get_many((key,), budget, newest=newest))[0]

    async def get_many(
        self, keys: Sequence[str], budget: Budget, *, newest: bool = False
    ) -> Sequence[Found]:
        self.asked.append((*keys,))
        there = self.values if newest or self.replica is None else self.replica
        troubles = [self.trouble or self.troubles.get(named(key)) for key in keys]
        return [trouble or there.get(key) for trouble, key in zip(troubles, keys, strict=True)]

    async def put_many(self, puts: Sequence[Put], budget: Budget) -> Sequence[PutOutcome]:
        self.pipelines.append(len(puts))
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await asyncio.sleep(0)
        self._at_once -= 1
        return [self._put(put) for put in puts]

    def _put(self, put: Put) -> PutOutcome:
        if trouble := self.trouble or self.troubles.get(named(put.key)):
            return trouble
        self.puts.append(int(put.value[_VERSION]))
        self.seconds.append(put.seconds)
        return self._keep(put.key, put.value)

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


def named(key: str) -> str:
    """The job whose key it is."""
    return key[key.index("{") + 1 : key.index("}")]
