"""What stands in for a cache that is switched off, or has no driver: it never knows anything."""

import logging
from collections.abc import Callable, Sequence

from cache.tier import Budget, Found, Put, PutOutcome, TierState, Trouble

_log = logging.getLogger("tally.cache")


class NoCache:
    """A `Cache` that is always away. `detail` says why, in a word; `reason` in a sentence."""

    def __init__(self, detail: str, reason: str) -> None:
        self._state = TierState(enabled=False, detail=detail, ttl_seconds=0.0)
        self._reason = reason

    async def start(self) -> None:
        _log.info("cache: %s Polls go on without it.", self._reason)

    async def stop(self) -> None:
        """Nothing was begun."""

    def state(self) -> TierState:
        return self._state

    def budget(self) -> Budget:
        return Budget(0.0)

    def shard(self, key: str) -> None:
        return None

    async def get(self, key: str, budget: Budget, *, newest: bool = False) -> Found:
        return Trouble.AWAY

    async def get_many(
        self, keys: Sequence[str], budget: Budget, *, newest: bool = False
    ) -> Sequence[Found]:
        return [Trouble.AWAY] * len(keys)

    async def put_many(self, puts: Sequence[Put], budget: Budget) -> Sequence[PutOutcome]:
        return [Trouble.AWAY] * len(puts)

    async def listen(self, deliver: Callable[[bytes], None], heard: Callable[[], None]) -> None:
        """There is nothing to listen to."""
