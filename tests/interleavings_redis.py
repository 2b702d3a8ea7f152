"""The Redis of the stepped scenes: a dict with the version rule of `put_if_newer.lua`."""

import re
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from cache.tier import Budget, Found, Kept, Put, PutOutcome, Stored, TierState, Trouble
from interleavings_stage import Stage

_HEAD: Final = re.compile(rb"tally/\d (\d{19}) (\S+) ")


class Outside(Protocol):
    """Where the values are kept, for all processes."""

    stage: Stage
    redis: dict[str, bytes]

    def put(self, key: str, value: bytes) -> int | bytes: ...


def put_if_newer(held: bytes | None, value: bytes) -> tuple[bytes | None, int | bytes]:
    """The rule of `put_if_newer.lua`: what is held then, and its result. None: nothing readable."""
    offered, there = _HEAD.match(value), _HEAD.match(held[:64]) if held else None
    assert offered
    if held and there and there[2] == offered[2]:
        if there[1] == offered[1]:
            return held, 0
        if there[1] > offered[1]:
            return held, held
    return value, 1


class ModelRedis:
    """Redis as one process sees it. `puts`: whether those are kept, lost, or executed late."""

    def __init__(self, world: Outside, room: str, puts: str) -> None:
        self._world = world
        self._room = room
        self._puts = puts

    async def start(self) -> None:
        """It is there."""

    async def stop(self) -> None:
        """There is nothing to stop."""

    def state(self) -> TierState:
        return TierState(enabled=True, detail="closed", ttl_seconds=30.0)

    def budget(self) -> Budget:
        return Budget(1.0)

    def shard(self, key: str) -> str:
        return "the only one"

    async def get(self, key: str, budget: Budget, *, newest: bool = False) -> Found:
        return await self._world.stage.turn(self._room, "gets", lambda: self._world.redis.get(key))

    async def get_many(
        self, keys: Sequence[str], budget: Budget, *, newest: bool = False
    ) -> Sequence[Found]:
        redis = self._world.redis
        return await self._world.stage.turn(
            self._room, "gets", lambda: [redis.get(key) for key in keys]
        )

    async def put_many(self, puts: Sequence[Put], budget: Budget) -> Sequence[PutOutcome]:
        """A pipeline is no transaction: others come between its commands."""
        return [await self._put(it.key, it.value) for it in puts]

    async def _put(self, key: str, value: bytes) -> PutOutcome:
        if self._puts == "late":
            self._world.stage.outside(
                f"late put {value[:27].decode()}", lambda: self._world.put(key, value), needed=False
            )
        if self._puts != "kept":
            return Trouble.TIMEOUT
        result = await self._world.stage.turn(
            self._room, f"puts {value[8:27].decode()}", lambda: self._world.put(key, value)
        )
        if result == 1:
            return Stored()
        return Kept(newer=result if isinstance(result, bytes) else None)

    async def listen(self, deliver: Callable[[bytes], None], heard: Callable[[], None]) -> None:
        """Whoever listens is in the world's list."""
