"""Evidence of a system in good order, from which each test takes something away."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from cache import RedisAddress
from ops.evidence import Evidence
from ops.host_seen import HostSeen
from ops.records import Record
from ops.service_seen import LogSeen, Page, ServiceSeen
from settings import Settings

NOW = 1_800_000_000.0
DAY = 86_400.0
VERSION = "0.1.0+12345678"
SERVER = "redis://localhost:6379/0"
LATENCY = {
    name: {"count": 5000, "p50_ms": 0.3, "p99_ms": 1.5}
    for name in ("poll", "redis_get", "redis_put")
}
WINDOW: dict[str, Any] = {
    "seconds": 3600,
    "requests": 10_000,
    "hits": 9_990,
    "misses": 10,
    "errors": 0,
    "database_reads": 8,
    "hit_rate": 99.9,
    "latency": LATENCY,
}
STATISTICS: dict[str, Any] = {
    "redis_enabled": True,
    "hits": 9_990,
    "misses": 10,
    "total_requests": 10_000,
    "hit_rate": 99.9,
    "ttl_seconds": 30,
    "state": "redis",
    "breaker": "closed",
    "server": SERVER,
    "servers": {SERVER: "in use"},
    "reads": "primary",
    "limits": {
        "budget_seconds": 0.05,
        "max_connections": 10,
        "socket_connect_timeout": 2,
        "socket_timeout": 5,
        "retries": 0,
    },
    "hits_by": {"near": 9_000, "redis": 990},
    "missed_by": {"miss": 10, "stale": 0, "bypass": 0, "outage": 0, "error": 0},
    "database_reads": 8,
    "mended": 0,
    "puts": {"stored": 500, "refused": 3},
    "rejected": {"unreadable": 0, "foreign": 0, "future": 0},
    "replica": {"behind": 0, "empty": 0},
    "errors": {"timeout": 0, "busy": 0},
    "audit": {"outcomes": {"kept": 12, "undated": 0, "skipped": 0, "near_too_old": 0}},
    "feed": {"proven": True, "age_seconds": 0.02, "push": True, "to_mend": 0},
    "near": {"entries": 100, "bytes": 300_000},
    "as_of": "2027-01-15T08:00:00.000Z",
    "processes": {"counted": 2, "redis_in_use": 2, "feed_proven": 2},
    "windows": {"1m": WINDOW, "5m": WINDOW, "1h": WINDOW},
    "latency": LATENCY,
    "pool": {"size": 10, "in_use": 1, "waiting": 0, "busy": 0},
    "polling": {"interval_seconds": 2.0, "samples": 500, "pollers": 40.0},
    "entry": {"mean_bytes": 2011.5, "samples": 500},
    "server_facts": {
        SERVER: {
            "engine": "valkey",
            "version": "9.0.1",
            "role": "master",
            "used_memory_bytes": 3_000_000,
            "maxmemory_bytes": 268_435_456,
            "maxmemory_policy": "allkeys-lru",
            "evicted_keys": 0,
            "keyspace_hits": 990,
            "keyspace_misses": 10,
            "keyspace_hit_rate": 99.0,
            "connected_clients": 23,
            "maxclients": 10_000,
        }
    },
}
METRICS = """\
# HELP cache_hit_rate Polls answered by the cache, in percent.
# TYPE cache_hit_rate gauge
cache_hit_rate 99.9
cache_requests_total 10000.0
tally_cache_in_use 1.0
tally_jobs{status="queued"} 1.0
tally_jobs_oldest_queued_seconds 2.5
tally_workers_living 1.0
tally_http_requests_total{method="GET",route="/metrics",status="2xx"} 240.0
tally_http_request_duration_seconds_bucket{le="+Inf",method="GET",route="/"} 3.0
"""


def service(changes: Mapping[str, Any] = {}, **pages: Page) -> ServiceSeen:
    """A service in good order, but for some fields of its statistics, and for some pages."""
    stats = {"cache_enabled": True, "statistics": {**STATISTICS, **changes}}
    seen = ServiceSeen(
        url="http://127.0.0.1:8000",
        livez=page({"status": "alive"}),
        readyz=page({"status": "ready", "database": "up", "cache": "up"}),
        stats=page(stats),
        metrics=Page(status=200, body=METRICS.encode()),
    )
    return replace(seen, **cast("dict[str, Any]", pages))


def page(document: object, status: int = 200) -> Page:
    return Page(status=status, body=json.dumps(document).encode(), seconds=0.004)


def down(trouble: str = "cannot be asked: Connection refused") -> ServiceSeen:
    nothing = Page(trouble=trouble)
    return ServiceSeen(
        url="http://127.0.0.1:8000", livez=nothing, readyz=nothing, stats=nothing, metrics=nothing
    )


def record(kind: Any, *, days: float = 1.0, ok: bool = True, **figures: Any) -> Record:
    return Record(kind=kind, at=NOW - days * DAY, version=VERSION, ok=ok, figures=figures)


def evidence(**changes: Any) -> Evidence:
    """A system in good order, but for these."""
    good = Evidence(
        target=RedisAddress(host="localhost", port=6379),
        settings=Settings(_env_file=None, redis_url=SERVER),
        service=service(),
        records=[record("drill-rollback"), record("baseline", hit_rate=99.9)],
        log=LogSeen(path=Path("app.log"), read_bytes=10_000, sought=("the password in REDIS_URL",)),
        host=HostSeen(version=VERSION),
        now=NOW,
    )
    return replace(good, **changes)
