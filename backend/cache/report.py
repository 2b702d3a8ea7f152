"""The numbers of the whole service as `GET /api/v2/cache/stats` gives them. Pure.

Sums are of all its processes; the words (state, breaker, servers, limits) are of the one that
answers.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from cache.counted import NEVER_MS
from cache.tier import TierState
from counts import Histogram, Reading, Totals

Snapshot: TypeAlias = dict[str, Any]

_WINDOWS: Final = {"1m": 60, "5m": 300, "1h": 3600}
"""Seconds."""
_TIMED: Final = ("poll", "redis_get", "redis_put")


def report(
    reading: Reading, state: TierState, facts: Mapping[str, Mapping[str, Any]], as_of: str
) -> Snapshot:
    """All of it, ready for JSON; the first five fields are those of the deployment guide.

    `facts`: what each server tells of itself. `as_of`: the time, for people.
    """
    ever = reading.ever()
    last = {name: reading.last(seconds) for name, seconds in _WINDOWS.items()}
    redis, near = reading.gauges("redis"), reading.gauges("near")
    hits, misses = ever.total("hits"), ever.total("misses")
    return {
        "redis_enabled": all(process["in_use"] for process in redis),
        "hits": hits,
        "misses": misses,
        "total_requests": hits + misses,
        "hit_rate": _percent(hits, hits + misses) or 0.0,
        **_state(state),
        **_counted(ever),
        **_near(near),
        "as_of": as_of,
        "processes": {
            "counted": len(redis),
            "redis_in_use": sum(process["in_use"] for process in redis),
            "breaker_open": sum(process["open"] for process in redis),
            "feed_proven": sum(process["proven"] for process in near),
            "shared": reading.shared,
        },
        "windows": {name: _window(totals) for name, totals in last.items()},
        "latency": _latency(ever),
        "pool": _pool(state, redis, ever),
        "polling": _polling(last["1h"], last["1m"]),
        "entry": _entry(ever.counts("entries")),
        "server_facts": {server: dict(told) for server, told in facts.items()},
    }


def histograms(reading: Reading) -> dict[str, Mapping[str, Any]]:
    """What a report has only quantiles or a mean of: calls of Redis and gaps between polls, bucket
    by bucket as Prometheus counts them; bytes and samples of the entries."""
    ever = reading.ever()
    timed = {name: _buckets(ever.histogram(name)) for name in ("redis_get", "redis_put", "gaps")}
    return {**timed, "entries": ever.counts("entries")}


def _state(state: TierState) -> Snapshot:
    return {
        "ttl_seconds": state.ttl_seconds,
        "state": state.detail,
        "breaker": state.breaker,
        "server": state.server,
        "servers": {
            server: "in use" if in_use else "away" for server, in_use in state.servers.items()
        },
        "reads": state.reads,
        "limits": dict(state.limits),
    }


def _counted(ever: Totals) -> Snapshot:
    return {
        "hits_by": ever.counts("hits"),
        "missed_by": ever.counts("misses"),
        "database_reads": ever.total("reads"),
        "mended": ever.total("mended"),
        "puts": ever.counts("puts"),
        "rejected": ever.counts("rejected"),
        "replica": ever.counts("replica"),
        "errors": ever.counts("errors"),
        "audit": {
            "outcomes": ever.counts("audits"),
            "staleness_seconds": _buckets(ever.histogram("staleness")),
        },
    }


def _near(processes: Sequence[Mapping[str, int]]) -> Snapshot:
    """Nothing where this process, the first, has no near tier. A proof is as old as the oldest."""
    if not processes[0]["follows"]:
        return {}
    ages = [process["age_ms"] for process in processes]
    return {
        "feed": {
            "proven": all(process["proven"] for process in processes),
            "age_seconds": None if NEVER_MS in ages else max(ages) / 1000,
            "push": all(process["push"] for process in processes),
            "to_mend": sum(process["to_mend"] for process in processes),
        },
        "near": {
            "entries": sum(process["entries"] for process in processes),
            "bytes": sum(process["bytes"] for process in processes),
        },
    }


def _window(totals: Totals) -> Snapshot:
    hits, misses = totals.total("hits"), totals.total("misses")
    return {
        "seconds": round(totals.seconds, 1),
        "requests": hits + misses,
        "hits": hits,
        "misses": misses,
        "errors": totals.total("errors"),
        "database_reads": totals.total("reads"),
        "hit_rate": _percent(hits, hits + misses),
        "latency": _latency(totals),
    }


def _latency(totals: Totals) -> Snapshot:
    return {name: _quantiles(totals.histogram(name)) for name in _TIMED}


def _quantiles(took: Histogram) -> Snapshot:
    """Interpolated: off by less than the width of a bucket."""
    return {
        "count": took.count,
        "p50_ms": _milliseconds(took.quantile(0.5)),
        "p99_ms": _milliseconds(took.quantile(0.99)),
    }


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(1000 * seconds, 3)


def _pool(state: TierState, processes: Sequence[Mapping[str, int]], ever: Totals) -> Snapshot:
    return {
        "size": int(state.limits.get("max_connections", 0)),
        "in_use": sum(process["places_taken"] for process in processes),
        "waiting": sum(process["waiting"] for process in processes),
        "busy": ever.counts("errors")["busy"],
    }


def _polling(hour: Totals, minute: Totals) -> Snapshot:
    """How often one client asks for one job, and how many of them that makes. Of the last hour."""
    gaps = hour.histogram("gaps")
    interval = gaps.quantile(0.5)
    requests = minute.total("hits") + minute.total("misses")
    known = interval is not None and minute.seconds > 0
    return {
        "interval_seconds": None if interval is None else round(interval, 2),
        "samples": gaps.count,
        "pollers": round(requests / minute.seconds * (interval or 0.0), 1) if known else None,
    }


def _entry(counts: Mapping[str, int]) -> Snapshot:
    samples = counts["samples"]
    mean = round(counts["bytes"] / samples, 1) if samples else None
    return {"mean_bytes": mean, "samples": samples}


def _buckets(took: Histogram) -> Snapshot:
    return {"buckets": took.cumulative(), "sum": round(took.sum, 6)}


def _percent(part: int, whole: int) -> float | None:
    return round(100.0 * part / whole, 1) if whole else None
