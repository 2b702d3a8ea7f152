"""What the cache counts, by name: closed lists, fit for metric labels. Pure.

What is windowed is told for the last minute and hour, too.
"""

from enum import StrEnum
from typing import Final, Literal, TypeAlias, get_args

from cache.tier import Trouble
from counts import GAP_BOUNDS, CellMap, counters, gauges, histogram

Forward: TypeAlias = Literal["miss", "stale", "bypass"]
Missed: TypeAlias = Literal["miss", "stale", "bypass", "outage", "error"]
Timed: TypeAlias = Literal["poll", "redis_get", "redis_put"]

STALENESS_BUCKETS: Final = (0.0, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds: what the push, the feed and the lifetimes promise lie between them."""
_POLL_BUCKETS: Final = (
    *(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0),
)
"""Seconds: a near answer takes a fraction of the first, a database in trouble some of the last."""
_REDIS_BUCKETS: Final = (0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
"""Seconds: the budget is 0.05; more than that is somebody's setting."""


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


CACHE_COUNTS: Final = (
    counters("hits", "near", "redis", windowed=True),
    counters("misses", *get_args(Missed), windowed=True),
    counters("reads", "database", windowed=True),
    counters("errors", *(kind for kind in Trouble if kind is not Trouble.AWAY), windowed=True),
    histogram("poll", _POLL_BUCKETS, windowed=True),
    histogram("redis_get", _REDIS_BUCKETS, windowed=True),
    histogram("redis_put", _REDIS_BUCKETS, windowed=True),
    histogram("gaps", GAP_BOUNDS, windowed=True),
    counters("puts", "stored", "refused"),
    counters("entries", "bytes", "samples"),
    counters("mended", "mended"),
    counters("rejected", "unreadable", "foreign", "future"),
    counters("replica", "behind", "empty"),
    counters("audits", *Verdict),
    histogram("staleness", STALENESS_BUCKETS),
    gauges("redis", "in_use", "open", "places_taken", "waiting"),
    gauges("near", "follows", "proven", "age_ms", "push", "to_mend", "entries", "bytes"),
)
CACHE_CELL_MAP: Final = CellMap(CACHE_COUNTS)
"""Of a process that counts nothing else, such as a worker."""

NEVER_MS: Final = -1
"""As an age: nothing was ever proven."""
