"""What the servers tell of themselves by INFO: asked seldom, and only when somebody wants to know.

Nothing else depends on it. Where a provider hides INFO, or a user has no right to it, all is
"unknown"; that is held against nobody.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from cache.redis_fleet import Fleet
from cache.redis_info import read_info
from cache.redis_node import RedisNode
from cache.tier import Budget, Trouble

Facts: TypeAlias = Mapping[str, Any]

UNKNOWN: Final = "unknown"
_FRESH_SECONDS: Final = 10.0
"""How long what was told is good enough."""
_AGAIN_SECONDS: Final = 1.0
"""Until those are asked again of whom one did not answer."""
_ASK_SECONDS: Final = 1.0
"""For an answer, in the background: a server far away or busy may take longer than a request
would wait."""
_PATIENCE_SECONDS: Final = 0.08
"""For so long somebody waits for it; what is told later is told to the next."""


def facts_of(info: Mapping[str, str]) -> Facts:
    """The fields of INFO that operators ask for, under plain names. Pure; never raises."""
    valkey = info.get("valkey_version")
    hits, misses = _number(info, "keyspace_hits"), _number(info, "keyspace_misses")
    version = valkey or info.get("redis_version")
    return {
        "engine": UNKNOWN if version is None else "valkey" if valkey else "redis",
        "version": version or UNKNOWN,
        "role": info.get("role", UNKNOWN),
        "used_memory_bytes": _number(info, "used_memory"),
        "maxmemory_bytes": _number(info, "maxmemory"),
        "maxmemory_policy": info.get("maxmemory_policy", UNKNOWN),
        "evicted_keys": _number(info, "evicted_keys"),
        "keyspace_hits": hits,
        "keyspace_misses": misses,
        "keyspace_hit_rate": _rate(hits, misses),
        "connected_clients": _number(info, "connected_clients"),
        "maxclients": _number(info, "maxclients"),
    }


def _number(info: Mapping[str, str], name: str) -> int | str:
    said = info.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else UNKNOWN


def _rate(hits: int | str, misses: int | str) -> float | str:
    """Percent, of all that any client ever asked of that server: never to be mixed with ours."""
    if isinstance(hits, str) or isinstance(misses, str) or hits + misses == 0:
        return UNKNOWN
    return round(100.0 * hits / (hits + misses), 1)


class RedisFacts:
    """The facts of each server of a fleet: what each told last, for as long as it belongs to it."""

    def __init__(self, fleet: Fleet, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._fleet = fleet
        self._clock = clock
        self._told: dict[str, Facts] = {}
        self._due_at = float("-inf")
        self._asking: asyncio.Task[None] | None = None

    def known(self) -> Mapping[str, Facts]:
        """What each server of the present layout told last, by its name."""
        nothing = facts_of({})
        return {node.name: self._told.get(node.name, nothing) for node in self._fleet.nodes}

    async def refresh(self) -> None:
        """Ask them all, if that is ten seconds ago, and wait a moment for their answers."""
        if self._asking is None or self._asking.done():
            if self._clock() < self._due_at:
                return
            self._asking = asyncio.create_task(self._ask(), name="cache-facts")
        await asyncio.wait({self._asking}, timeout=_PATIENCE_SECONDS)

    async def stop(self) -> None:
        """End what is under way."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait({self._asking})

    async def _ask(self) -> None:
        nodes = self._fleet.nodes
        told = await asyncio.gather(*(self._one(node) for node in nodes))
        self._told = {node.name: facts for node, facts in zip(nodes, told, strict=True) if facts}
        soon = None in told
        self._due_at = self._clock() + (_AGAIN_SECONDS if soon else _FRESH_SECONDS)

    async def _one(self, node: RedisNode) -> Facts | None:
        """What it tells, or told last where it does not answer now; None for nothing ever."""
        info = await node.info(Budget(_ASK_SECONDS))
        if isinstance(info, Trouble):
            return self._told.get(node.name)
        return facts_of(read_info(info or b""))
