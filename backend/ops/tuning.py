"""The tuning tables of the deployment guide, and which row a measured number belongs to. Pure.

Where numbers lie between two rows, and what of a range is recommended, is decided here; docs/
tuning.md gives the reasons.
"""

from dataclasses import dataclass
from math import ceil, inf
from typing import Final

PER_TTL: Final = 10
"""Polls of one job within one TTL that are aimed at: 30 s at 3 s, as in the guide's own sum."""
LONGEST_TTL: Final = 86_400
"""Seconds: what CACHE_TTL_SECONDS takes at most."""
LARGEST_POOL: Final = 100
_USERS_PER_PLACE: Final = 800 / 30
"""Of the last row but one, from 200 users and 20 places to 1,000 and 50: how the last goes on."""
SPARE: Final = (5, 10)
"""So many times the estimate is the memory recommended by the guide: from, to."""


@dataclass(frozen=True, kw_only=True)
class TtlRow:
    """For polls of one job that are less than `until` seconds apart. A TTL is in whole seconds."""

    polling: str
    recommended: str
    efficiency: str
    until: float
    shortest: int
    longest: int


@dataclass(frozen=True, kw_only=True)
class PoolRow:
    """For `first` to `last` concurrent users, which have `smallest` to `largest` connections."""

    users: str
    recommended: str
    memory: str
    first: float
    last: float
    smallest: int
    largest: int


TTL_TABLE: Final[tuple[TtlRow, ...]] = (
    TtlRow(
        polling="1 second",
        recommended="10-15 seconds",
        efficiency="Medium",
        until=1.5,
        shortest=10,
        longest=15,
    ),
    TtlRow(
        polling="2-3 seconds",
        recommended="30 seconds",
        efficiency="High",
        until=4.0,
        shortest=30,
        longest=30,
    ),
    TtlRow(
        polling="5 seconds",
        recommended="30-60 seconds",
        efficiency="Very High",
        until=7.5,
        shortest=30,
        longest=60,
    ),
    TtlRow(
        polling="10+ seconds",
        recommended="60+ seconds",
        efficiency="Very High",
        until=inf,
        shortest=60,
        longest=LONGEST_TTL,
    ),
)
POOL_TABLE: Final[tuple[PoolRow, ...]] = (
    PoolRow(
        users="1-50",
        recommended="5-10",
        memory="Low",
        first=1,
        last=50,
        smallest=5,
        largest=10,
    ),
    PoolRow(
        users="50-200",
        recommended="10-20",
        memory="Medium",
        first=50,
        last=200,
        smallest=10,
        largest=20,
    ),
    PoolRow(
        users="200-1000",
        recommended="20-50",
        memory="High",
        first=200,
        last=1000,
        smallest=20,
        largest=50,
    ),
    PoolRow(
        users="1000+",
        recommended="50-100",
        memory="Very High",
        first=1000,
        last=inf,
        smallest=50,
        largest=LARGEST_POOL,
    ),
)


def ttl_row(interval: float) -> TtlRow:
    """The row nearest to the seconds between two polls of one job; of two, the slower polling."""
    return next((row for row in TTL_TABLE if interval < row.until), TTL_TABLE[-1])


def recommended_ttl(interval: float) -> int:
    """Seconds: ten polls' worth, within the row. Never less for slower polling."""
    row = ttl_row(interval)
    return int(min(max(PER_TTL * interval, row.shortest), row.longest))


def pool_row(users: float) -> PoolRow:
    """The first row that names so many concurrent users: 50 are in the first, not in the second."""
    return next((row for row in POOL_TABLE if users <= row.last), POOL_TABLE[-1])


def recommended_pool(users: float) -> int:
    """Connections: as far into the row's range as the users are into its own, rounded up."""
    row = pool_row(users)
    steps = row.largest - row.smallest
    span = steps * _USERS_PER_PLACE if row.last == inf else row.last - row.first
    share = min(1.0, max(0.0, users - row.first) / span)
    return ceil(row.smallest + steps * share)


def plain_hit_rate(ttl: float, interval: float) -> float:
    """Percent of the polls of one job that a cache answers which knows nothing but its TTL.

    One poll in ceil(TTL / interval) finds the entry gone. For one poller per job; more do better.
    """
    return 100.0 * (1.0 - 1.0 / max(1, ceil(ttl / interval)))


def guide_memory(*, jobs: float, ttl: float, interval: float, entry_bytes: float) -> float:
    """Bytes by the formula of the guide: jobs x (TTL / polling rate) x size of an entry.

    It counts an entry for each poll within a TTL. Tally keeps one for each job: see `memory`.
    """
    return jobs * (ttl / interval) * entry_bytes


def memory(*, jobs: float, value_bytes: float) -> float:
    """Bytes that Redis needs for so many jobs, however many poll them."""
    return jobs * redis_bytes(value_bytes)


def recommended_memory(needed: float) -> tuple[float, float]:
    """From, to: the guide's five to ten times of an estimate."""
    least, most = SPARE
    return least * needed, most * needed


_ENTRY_OVERHEAD: Final = 160
"""Bytes for what is not the value: the key, two places in hash tables, the object."""
_VALUE_OVERHEAD: Final = 6
_FINE: Final = 128
_FINE_STEP: Final = 16


def redis_bytes(value_bytes: float) -> int:
    """Bytes of Redis memory for one entry, within a fifth of what MEMORY USAGE says.

    Its allocator (jemalloc) hands out blocks of a few sizes: four between each power of two and the
    next. 2 KB of value take 2.7 KB.
    """
    wanted = ceil(value_bytes) + _VALUE_OVERHEAD
    step = _FINE_STEP if wanted <= _FINE else 2 ** ((wanted - 1).bit_length() - 3)
    return ceil(wanted / step) * step + _ENTRY_OVERHEAD
