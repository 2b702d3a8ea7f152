"""What advice is built on: numbers that the service measured, or that the operator gave. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from cache import CACHE_TTL_SECONDS
from ops.rule import ENOUGH
from ops.service_seen import ServiceSeen
from settings import Settings

_LEAST: Final = 1e-6
"""No gap between polls and no entry is smaller; such a number was not measured."""
_OTHERS: Final = ("slave", "replica")


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number, and how many samples it is from; None: the operator gave it."""

    value: float
    samples: int | None = None

    @property
    def doubt(self) -> str | None:
        """Why it is a hint only; None if it can be relied on."""
        if self.samples is None or self.samples >= ENOUGH:
            return None
        return f"from {self.samples} samples only, {ENOUGH} are wanted: take it as a hint"

    def told_by(self, how: str = "the median") -> str:
        """Where it is from, to be put behind it."""
        return " (as given)" if self.samples is None else f" ({how} of {self.samples} samples)"


@dataclass(frozen=True, kw_only=True)
class Census:
    """Jobs that Redis keeps an entry of. Not `whole`: there are more, which were not counted."""

    active: int = 0
    finished: int = 0
    whole: bool = True

    @property
    def jobs(self) -> int:
        return self.active + self.finished


@dataclass(frozen=True, kw_only=True)
class Measured:
    """All that advice is built on. None: not known."""

    interval: Number | None = None
    """Seconds between two polls of one job by one client: the median."""
    pollers: Number | None = None
    """Concurrent users."""
    entry_bytes: Number | None = None
    """Of the values in Redis."""
    census: Census | None = None
    ttl_seconds: float
    pool_size: int | None = None
    """Connections per process and server."""
    busy: int | None = None
    """Calls that found every connection taken, since the service began."""
    processes: int | None = None
    hit_rate: float | None = None
    """Percent, of the last hour."""
    follows: bool = True
    """Whether a near tier is kept true by the change feed."""
    maxmemory: tuple[int, ...] | None = None
    """Bytes, of each primary; 0 means no limit. None: not told by all of them."""
    maxclients: int | None = None
    """The smallest of all servers."""


def count_jobs(
    documents: Iterable[Mapping[str, Any]], *, now: float, final_ttl: float, whole: bool
) -> Census:
    """The jobs among these documents of which an entry is kept: not done, or done not long ago."""
    active = finished = 0
    for document in documents:
        if not document.get("done"):
            active += 1
        elif now - _moment(document.get("finished_at")) < final_ttl:
            finished += 1
    return Census(active=active, finished=finished, whole=whole)


def read_measured(seen: ServiceSeen, settings: Settings, census: Census | None) -> Measured:
    """The numbers in the service's statistics; what they do not tell is None.

    The settings are a stand-in for a service that is not there.
    """
    ttl = seen.number("ttl_seconds") or settings.cache_ttl_seconds or CACHE_TTL_SECONDS
    return Measured(
        interval=_number(seen, ("polling", "interval_seconds"), ("polling", "samples")),
        pollers=_number(seen, ("polling", "pollers"), ("polling", "samples")),
        entry_bytes=_number(seen, ("entry", "mean_bytes"), ("entry", "samples")),
        census=census,
        ttl_seconds=ttl,
        pool_size=_whole(seen.number("pool", "size")),
        busy=_whole(seen.number("pool", "busy")),
        processes=_whole(seen.number("processes", "counted")),
        hit_rate=seen.number("windows", "1h", "hit_rate"),
        follows=not seen.statistics or seen.found("feed") is not None,
        maxmemory=_maxmemory(seen),
        maxclients=_maxclients(seen),
    )


def given(
    measured: Measured,
    *,
    interval: float | None = None,
    pollers: float | None = None,
    entry_bytes: float | None = None,
    jobs: float | None = None,
) -> Measured:
    """The same with the operator's numbers in place of measured ones."""
    numbers = {"interval": interval, "pollers": pollers, "entry_bytes": entry_bytes}
    changed: dict[str, Any] = {
        name: Number(value=value) for name, value in numbers.items() if value is not None
    }
    if jobs is not None:
        changed["census"] = Census(active=int(jobs))
    return replace(measured, **changed)


def _number(seen: ServiceSeen, value: tuple[str, ...], samples: tuple[str, ...]) -> Number | None:
    found, count = seen.number(*value), seen.number(*samples)
    if found is None or found < _LEAST:
        return None
    return Number(value=found, samples=int(count or 0))


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def _servers(seen: ServiceSeen) -> list[Mapping[str, Any]]:
    facts = seen.found("server_facts")
    told = facts.values() if isinstance(facts, dict) else ()
    return [one for one in told if isinstance(one, dict)]


def _maxmemory(seen: ServiceSeen) -> tuple[int, ...] | None:
    primaries = [one for one in _servers(seen) if one.get("role") not in _OTHERS]
    limits = [one.get("maxmemory_bytes") for one in primaries]
    known = [limit for limit in limits if isinstance(limit, int)]
    return tuple(known) if known and len(known) == len(limits) else None


def _maxclients(seen: ServiceSeen) -> int | None:
    limits = [one.get("maxclients") for one in _servers(seen)]
    return min((limit for limit in limits if isinstance(limit, int)), default=None)


def _moment(told: object) -> float:
    """Seconds since 1970; long ago for what is no time."""
    try:
        return datetime.fromisoformat(str(told)).timestamp()
    except ValueError:
        return 0.0
