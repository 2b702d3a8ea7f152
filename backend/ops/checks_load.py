"""Checks of how the service gets on with Redis: connections, latency, failed calls. Pure."""

from collections.abc import Mapping
from typing import Final

from ops.evidence import Check, Evidence
from ops.rule import ENOUGH, LATER, Judged, ServiceRule, advised, judged, unknown
from ops.service_seen import ServiceSeen

_FEW: Final = 10
"""Failed calls: fewer are connections that just end, however little traffic there is."""
_TOO_MANY: Final = 0.01
"""Share of the requests."""
_ILL: Final = "grep -i redis logs/app.log; docs/deployment.md, Troubleshooting"
_COUNT: Final = "make room in /dev/shm and restart, or count connections: redis-cli CLIENT LIST"
_WHY_FAILED: Final[Mapping[str, str]] = {
    "timeout": "Redis is far away or overloaded: redis-cli --latency; CACHE_BUDGET_SECONDS=0.1",
    "connection": "it goes away or is firewalled: docs/deployment.md, Troubleshooting",
    "busy": "CACHE_MAX_CONNECTIONS=20",
    "auth": "the password was changed, or a right is missing: docs/redis-urls.md#rights",
    "oom": "maxmemory-policy allkeys-lru, or more memory",
    "maxclients": "more maxclients in redis.conf, or a lower CACHE_MAX_CONNECTIONS",
    "readonly": "REDIS_URL names a replica, or a failover is under way",
    "misconf": "Redis cannot save to its disk: make room, or save ''",
}


def _pool(seen: ServiceSeen, evidence: Evidence) -> Judged:
    size, busy = seen.number("pool", "size"), seen.number("pool", "busy")
    if size is None or busy is None:
        return unknown("its statistics do not tell")
    in_use, waiting = (seen.number("pool", name) or 0 for name in ("in_use", "waiting"))
    recent = seen.number("windows", "1h", "errors")
    refused = busy if recent is None else min(busy, recent)
    processes = seen.number("processes", "counted") or 1
    measured = (
        f"{in_use:.0f} in use, {waiting:.0f} waiting, {size:.0f} per server and process; "
        f"{busy:.0f} calls refused since the start, at most {refused:.0f} of them in the last hour"
    )
    places = size * processes * max(1, len(seen.table("servers")))
    return judged(measured, warn=in_use > 0.8 * places or waiting > places or refused > 0)


def _connections(seen: ServiceSeen, evidence: Evidence) -> Judged:
    size, processes = seen.number("pool", "size"), seen.number("processes", "counted")
    if seen.counts_apart:
        return unknown("not all processes are counted: see cache.processes", _COUNT)
    facts = seen.table("server_facts")
    places = {
        name: limit for name in facts if (limit := seen.number("server_facts", name, "maxclients"))
    }
    if size is None or processes is None or not places:
        return unknown("the servers do not tell their maxclients: see your plan's limit")
    wanted = (processes + 1) * (size + 1)
    name, least = min(places.items(), key=lambda place: place[1])
    measured = f"{processes:.0f} processes and a worker: up to {wanted:.0f} connections; {name} "
    return judged(
        f"{measured}takes {least:.0f}", warn=wanted > 0.8 * least, fail=wanted > 0.9 * least
    )


def _latency(seen: ServiceSeen, evidence: Evidence) -> Judged:
    p99, count = (seen.number("latency", "redis_get", name) for name in ("p99_ms", "count"))
    budget = seen.number("limits", "budget_seconds")
    if p99 is None or budget is None or (count or 0) < ENOUGH:
        return unknown(f"{count or 0:.0f} gets of Redis by now: too few to tell", LATER)
    milliseconds = budget * 1000
    measured = f"p99 {p99:g} ms of {count:.0f} gets, in a budget of {milliseconds:g} ms"
    return judged(measured, warn=p99 > milliseconds / 2, fail=p99 >= milliseconds)


def _errors(seen: ServiceSeen, evidence: Evidence) -> Judged:
    errors, requests = (seen.number("windows", "1h", name) for name in ("errors", "requests"))
    if errors is None or requests is None:
        return unknown("its statistics do not tell")
    kinds = ", ".join(f"{kind} {count}" for kind, count in seen.counts("errors").items())
    since = f"; since the start: {kinds}" if kinds else ""
    many = errors >= _FEW and errors >= _TOO_MANY * requests
    return judged(
        f"{errors:.0f} failed calls beside {requests:.0f} requests in the last hour{since}",
        warn=many,
        fail=many and errors >= ENOUGH,
        fix=advised(seen.counts("errors"), _WHY_FAILED, _ILL),
    )


CHECKS: tuple[Check, ...] = (
    ServiceRule(
        check="cache.pool",
        threshold="no call refused, at most 80 % in use",
        fix="CACHE_MAX_CONNECTIONS=20, restart; python -m ops advise",
        judge=_pool,
    ),
    ServiceRule(
        check="cache.connections",
        threshold="processes x (pool + 1) at most 80 % of maxclients; count further workers, too",
        fix="lower CACHE_MAX_CONNECTIONS, or raise maxclients in redis.conf",
        judge=_connections,
    ),
    ServiceRule(
        check="cache.latency",
        threshold="p99 of Redis at most half of the budget",
        fix="put Redis nearer, or CACHE_BUDGET_SECONDS=0.1: each poll may then take so long",
        judge=_latency,
    ),
    ServiceRule(
        check="cache.errors",
        threshold="in the last hour below 10 failed calls, or below 1 % of the requests",
        fix=_ILL,
        judge=_errors,
    ),
)
