"""What the cache counts about itself, in this process and since its start. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

from cache.tier import TierState, Trouble

Snapshot: TypeAlias = dict[str, Any]
Forward: TypeAlias = Literal["miss", "stale", "bypass"]

_OFF = TierState(enabled=False, detail="redis-off", ttl_seconds=0.0)


class CacheStats:
    """Counters of one process. Each poll is either a hit or a miss: together they are the total.

    Not safe for several threads; all counting happens in the event loop.
    """

    def __init__(self) -> None:
        self._hits = 0
        self._misses: Counter[str] = Counter()
        self._puts: Counter[str] = Counter()
        self._rejected: Counter[str] = Counter()
        self._errors: Counter[Trouble] = Counter()
        self._state: Callable[[], TierState] = lambda: _OFF

    def watch(self, state: Callable[[], TierState]) -> None:
        """Whose live state the snapshots show."""
        self._state = state

    def hit(self) -> None:
        """A poll was answered by the cache."""
        self._hits += 1

    def missed(self, why: Forward) -> None:
        """A poll went to the database."""
        self._misses[why] += 1

    def put(self, outcome: Literal["stored", "refused"]) -> None:
        """A value was offered to the server, which kept it, or a newer one instead."""
        self._puts[outcome] += 1

    def rejected(self, why: Literal["unreadable", "foreign"]) -> None:
        """A value was found that must not be served."""
        self._rejected[why] += 1

    def error(self, trouble: Trouble) -> None:
        """The server, or the way to it, failed one call."""
        self._errors[trouble] += 1

    def snapshot(self) -> Snapshot:
        """All of it, ready for JSON; the first five fields are those of the deployment guide."""
        state = self._state()
        misses = self._misses.total()
        total = self._hits + misses
        return {
            "redis_enabled": state.enabled,
            "hits": self._hits,
            "misses": misses,
            "total_requests": total,
            "hit_rate": round(100.0 * self._hits / total, 1) if total else 0.0,
            "ttl_seconds": state.ttl_seconds,
            "state": state.detail,
            "breaker": state.breaker,
            "server": state.server,
            "limits": dict(state.limits),
            "missed_by": _filled(self._misses, "miss", "stale", "bypass"),
            "puts": _filled(self._puts, "stored", "refused"),
            "rejected": _filled(self._rejected, "unreadable", "foreign"),
            "errors": _filled(
                self._errors, *(kind for kind in Trouble if kind is not Trouble.AWAY)
            ),
        }


def _filled(counts: Mapping[Any, int], *names: str) -> dict[str, int]:
    """Every name, also those not counted yet: readers must not guess at missing fields."""
    return {str(name): counts[name] for name in names}


_published: Callable[[], Snapshot] = CacheStats().snapshot
"""The one module-level reference of this room: the guide's snippet calls with no argument."""


def publish(snapshot: Callable[[], Snapshot]) -> None:
    """Name the process's cache, whose numbers `get_cache_stats()` gives. Called by the wiring."""
    global _published
    _published = snapshot


def get_cache_stats() -> Snapshot:
    """The numbers of this process's cache, as `GET /api/v2/cache/stats` gives them.

    Before a cache is published they are those of one that is switched off.
    """
    return _published()
