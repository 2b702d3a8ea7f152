"""The statistics of a service as text for a person: one screen. Pure.

What the service does not tell is shown as a dash: an older version tells less.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from ops.printable import printable
from ops.service_seen import ServiceSeen

_NOTHING: Final = "-"
_WINDOWS: Final = ("1m", "5m", "1h")
_COUNTED: Final = {
    "requests": "requests",
    "hits": "hits",
    "misses": "misses",
    "database_reads": "database reads",
    "errors": "Redis errors",
}
_TIMED: Final = {"poll": "poll", "redis_get": "Redis get", "redis_put": "Redis put"}
_SINCE_START: Final = {
    "answered by": ("hits_by",),
    "not answered": ("missed_by",),
    "puts": ("puts",),
    "rejected": ("rejected",),
    "replica": ("replica",),
    "Redis errors": ("errors",),
    "audits": ("audit", "outcomes"),
}


def screen(seen: ServiceSeen) -> str:
    """All that fits: the state, three windows, counts since the start, each server."""
    lines = [*_state(seen), "", *_windows(seen), "", *_since(seen), "", *_servers(seen)]
    return "\n".join(map(printable, lines))


def _state(seen: ServiceSeen) -> Iterator[str]:
    yield f"{seen.url} at {seen.found('as_of') or 'a time it does not tell'}"
    enabled = "on" if seen.cache_enabled else "switched off"
    redis = "in use" if seen.found("redis_enabled") else "not in use"
    yield _row("cache", f"{enabled}; Redis {redis}: {seen.found('state')}")
    yield _row("server", f"{seen.found('server') or 'none'}, breaker {seen.found('breaker')}")
    counted, using, proven = (
        _number(seen, "processes", name) for name in ("counted", "redis_in_use", "feed_proven")
    )
    yield _row("processes", f"{counted}, {using} use Redis, {proven} have a proven feed")


def _windows(seen: ServiceSeen) -> Iterator[str]:
    yield _row("", "".join(f"{name:>16}" for name in (*_WINDOWS, "since start")))
    for field, words in _COUNTED.items():
        yield _row(words, _cells(_number(seen, "windows", window, field) for window in _WINDOWS))
    rates = [_number(seen, "windows", window, "hit_rate", unit=" %") for window in _WINDOWS]
    yield _row("hit rate", _cells([*rates, _number(seen, "hit_rate", unit=" %")]))
    for field, words in _TIMED.items():
        places = [("windows", window, "latency") for window in _WINDOWS]
        cells = [_times(seen, *place, field) for place in (*places, ("latency",))]
        yield _row(f"{words} p50/p99", _cells(cells))


def _times(seen: ServiceSeen, *place: str) -> str:
    p50, p99 = (seen.number(*place, name) for name in ("p50_ms", "p99_ms"))
    return _NOTHING if p50 is None or p99 is None else f"{p50:g}/{p99:g} ms"


def _since(seen: ServiceSeen) -> Iterator[str]:
    total, reads = _number(seen, "total_requests"), _number(seen, "database_reads")
    yield _row("since start", f"{total} requests, {reads} database reads")
    for words, place in _SINCE_START.items():
        counts = seen.counts(*place)
        yield _row(
            words, ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "none"
        )
    yield _row("TTL", _number(seen, "ttl_seconds", unit=" s"))
    yield _row("polling", _polling(seen))
    yield _row("entry", _number(seen, "entry", "mean_bytes", unit=" bytes on average"))
    yield _row("pool", _pool(seen))
    yield _row("near tier", _near(seen))
    yield _row("feed", _feed(seen))


def _polling(seen: ServiceSeen) -> str:
    every = _number(seen, "polling", "interval_seconds", unit=" s")
    pollers, samples = (_number(seen, "polling", name) for name in ("pollers", "samples"))
    return f"every {every} by each of {pollers} pollers, from {samples} samples"


def _pool(seen: ServiceSeen) -> str:
    names = ("in_use", "size", "waiting", "busy")
    in_use, size, waiting, busy = (_number(seen, "pool", name) for name in names)
    return f"{in_use} in use, {size} per server and process, {waiting} waiting, {busy} refused"


def _near(seen: ServiceSeen) -> str:
    if seen.found("near") is None:
        return "none"
    entries, size = _number(seen, "near", "entries"), seen.number("near", "bytes")
    return f"{entries} documents, {_megabytes(size)}"


def _feed(seen: ServiceSeen) -> str:
    if seen.found("feed") is None:
        return "none"
    proven = "proven" if seen.found("feed", "proven") else "not proven"
    push = "push alive" if seen.found("feed", "push") else "no push"
    age, left = _number(seen, "feed", "age_seconds", unit=" s"), _number(seen, "feed", "to_mend")
    return f"{proven}, {age} old, {push}, {left} to mend"


def _servers(seen: ServiceSeen) -> Iterator[str]:
    for name, state in seen.table("servers").items():
        engine, version, role, policy = (
            seen.found("server_facts", name, field) or _NOTHING
            for field in ("engine", "version", "role", "maxmemory_policy")
        )
        yield f"{name}: {state}, {engine} {version}, {role}"
        yield _row("  memory", f"{_memory(seen, name)}, {policy}, {_evicted(seen, name)} evicted")
        yield _row("  clients", _clients(seen, name))


def _memory(seen: ServiceSeen, name: str) -> str:
    used, limit = (
        seen.number("server_facts", name, field)
        for field in ("used_memory_bytes", "maxmemory_bytes")
    )
    return f"{_megabytes(used)} of {'no limit' if limit == 0 else _megabytes(limit)}"


def _evicted(seen: ServiceSeen, name: str) -> str:
    return _number(seen, "server_facts", name, "evicted_keys")


def _clients(seen: ServiceSeen, name: str) -> str:
    now, most, rate = (
        _number(seen, "server_facts", name, field)
        for field in ("connected_clients", "maxclients", "keyspace_hit_rate")
    )
    return f"{now} of {most}; its own hit rate, of whatever all its clients ask: {rate} %"


def _megabytes(size: float | None) -> str:
    return _NOTHING if size is None else f"{size / 2**20:,.1f} MB"


def _number(seen: ServiceSeen, *place: str, unit: str = "") -> str:
    found = seen.number(*place)
    if found is None:
        return _NOTHING
    is_whole = float(found).is_integer() or abs(found) >= 1000
    return f"{found:,.0f}{unit}" if is_whole else f"{found:.4g}{unit}"


def _cells(texts: Iterable[str]) -> str:
    return "".join(f"{text:>16}" for text in texts)


def _row(name: str, text: str) -> str:
    return f"{name:<18} {text}"
