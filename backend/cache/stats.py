"""What the cache counts about itself, in this process and since its start. Pure."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping
from enum import StrEnum
from itertools import accumulate
from typing import Any, Final, Literal, TypeAlias, get_args

from cache.tier import TierState, Trouble

Snapshot: TypeAlias = dict[str, Any]
Forward: TypeAlias = Literal["miss", "stale", "bypass"]
Missed: TypeAlias = Literal["miss", "stale", "bypass", "outage", "error"]

STALENESS_BUCKETS: Final = (0.0, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds: what the push, the feed and the lifetimes promise lie between them."""


class Verdict(StrEnum):
    """How an audit ended: a closed list, fit for metric labels."""

    KEPT = "kept"
    """The answer was no staler than it may be."""
    UNDATED = "undated"
    """The job was deleted since; nothing tells when."""
    SKIPPED = "skipped"
    """The database did not answer."""
    NEAR_TOO_OLD = "near_too_old"
    REDIS_TOO_OLD = "redis_too_old"
    STALE_TOO_OLD = "stale_too_old"
    """It was marked stale, but was older than even such an answer may be."""
    UNKNOWN_VERSION = "unknown_version"
    """The database has no such version: it was restored, or the answer was planted."""
    OTHER_BYTES = "other_bytes"
    """The database has other content under the same version."""

    @property
    def broken(self) -> bool:
        """Whether the answer broke its promise."""
        return self not in (Verdict.KEPT, Verdict.UNDATED, Verdict.SKIPPED)


_OFF = TierState(enabled=False, detail="redis-off", ttl_seconds=0.0)


class CacheStats:
    """Counters of one process. Each poll is either a hit or a miss: together they are the total.

    Not safe for several threads; all counting happens in the event loop.
    """

    def __init__(self) -> None:
        self._hits: Counter[str] = Counter()
        self._misses: Counter[str] = Counter()
        self._puts: Counter[str] = Counter()
        self._rejected: Counter[str] = Counter()
        self._errors: Counter[Trouble] = Counter()
        self._lagged: Counter[str] = Counter()
        self._reads = 0
        self._mended = 0
        self._verdicts: Counter[Verdict] = Counter()
        self._staleness = [0] * (len(STALENESS_BUCKETS) + 1)
        self._staleness_sum = 0.0
        self._state: Callable[[], TierState] = lambda: _OFF
        self._tiers: Callable[[], Mapping[str, Any]] = dict

    def watch(self, state: Callable[[], TierState]) -> None:
        """Whose live state the snapshots show."""
        self._state = state

    def watch_tiers(self, tiers: Callable[[], Mapping[str, Any]]) -> None:
        """Where the snapshots find how near tier, feed and push are."""
        self._tiers = tiers

    def hit(self, tier: str) -> None:
        """A poll was answered from memory."""
        self._hits[tier] += 1

    def missed(self, why: Missed) -> None:
        """A poll went to the database; or, in an outage, got an old answer, or 503."""
        self._misses[why] += 1

    def read(self) -> None:
        """The database was read for polls: once, however many waited."""
        self._reads += 1

    def mended(self) -> None:
        """Redis was given what a writer could not put there."""
        self._mended += 1

    def audited(self, verdict: Verdict, seconds: float | None) -> None:
        """An answer was compared with the database, and was so stale, if that can be told."""
        self._verdicts[verdict] += 1
        if seconds is not None:
            self._staleness[bisect_left(STALENESS_BUCKETS, seconds)] += 1
            self._staleness_sum += seconds

    def put(self, outcome: Literal["stored", "refused"]) -> None:
        """A value was offered to the server, which kept it, or a newer one instead."""
        self._puts[outcome] += 1

    def rejected(self, why: Literal["unreadable", "foreign", "future"]) -> None:
        """A value was found that must not be served."""
        self._rejected[why] += 1

    def lagged(self, how: Literal["behind", "empty"]) -> None:
        """A replica had an older value than its primary, or none where that had one."""
        self._lagged[how] += 1

    def error(self, trouble: Trouble) -> None:
        """The server, or the way to it, failed one call."""
        self._errors[trouble] += 1

    def snapshot(self) -> Snapshot:
        """All of it, ready for JSON; the first five fields are those of the deployment guide."""
        state = self._state()
        hits, misses = self._hits.total(), self._misses.total()
        total = hits + misses
        return {
            "redis_enabled": state.enabled,
            "hits": hits,
            "misses": misses,
            "total_requests": total,
            "hit_rate": round(100.0 * hits / total, 1) if total else 0.0,
            "ttl_seconds": state.ttl_seconds,
            "state": state.detail,
            "breaker": state.breaker,
            "server": state.server,
            "servers": {
                server: "in use" if in_use else "away" for server, in_use in state.servers.items()
            },
            "reads": state.reads,
            "limits": dict(state.limits),
            "hits_by": _filled(self._hits, "near", "redis"),
            "missed_by": _filled(self._misses, *get_args(Missed)),
            "database_reads": self._reads,
            "mended": self._mended,
            "puts": _filled(self._puts, "stored", "refused"),
            "rejected": _filled(self._rejected, "unreadable", "foreign", "future"),
            "replica": _filled(self._lagged, "behind", "empty"),
            "errors": _filled(
                self._errors, *(kind for kind in Trouble if kind is not Trouble.AWAY)
            ),
            "audit": self._audit(),
            **self._tiers(),
        }

    def _audit(self) -> dict[str, Any]:
        """`buckets` counts the audits that found so many seconds or less, as Prometheus does."""
        limits = (*(str(limit) for limit in STALENESS_BUCKETS), "+Inf")
        buckets = dict(zip(limits, accumulate(self._staleness), strict=True))
        return {
            "outcomes": _filled(self._verdicts, *Verdict),
            "staleness_seconds": {"buckets": buckets, "sum": round(self._staleness_sum, 6)},
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
