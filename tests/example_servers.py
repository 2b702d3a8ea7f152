"""Redis servers in good order, as doctor sees them, from which each test takes something away."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from cache import ClusterAddress, RedisAddress, RedisTarget, SentinelAddress, parse_redis_url
from example_evidence import DAY, NOW, evidence
from ops.evidence import Check, Evidence
from ops.finding import Finding
from ops.server_seen import (
    KeysSeen,
    LayoutSeen,
    PingSeen,
    RightsSeen,
    SentinelSeen,
    ServerSeen,
    ShardSeen,
    SlowLogSeen,
    TlsSeen,
)

MB: Final = 2**20
NAME: Final = "rediss://tally:***@10.0.0.3:6380/0"
REPLICA: Final = "rediss://tally:***@10.0.0.4:6380/0"
INFO: Final = {
    "redis_version": "8.4.2",
    "os": "Linux 6.1 x86_64",
    "role": "master",
    "connected_clients": "23",
    "maxclients": "10000",
    "rejected_connections": "0",
    "used_memory": str(40 * MB),
    "maxmemory": str(256 * MB),
    "maxmemory_policy": "allkeys-lru",
    "mem_fragmentation_ratio": "1.1",
    "mem_fragmentation_bytes": str(4 * MB),
    "evicted_keys": "0",
    "expired_keys": "9000",
    "aof_enabled": "0",
    "rdb_last_bgsave_status": "ok",
    "latest_fork_usec": "0",
    "connected_slaves": "1",
    "slave0": "ip=10.0.0.4,port=6380,state=online,offset=5000,lag=0",
    "master_repl_offset": "5000",
    "master_link_status": "up",
    "db0": "keys=1000,expires=1000,avg_ttl=15000",
}
CONFIG: Final = {
    "bind": "10.0.0.3",
    "protected-mode": "yes",
    "save": "",
    "appendonly": "no",
    "stop-writes-on-bgsave-error": "yes",
    "cluster-node-timeout": "5000",
}
TLS: Final = TlsSeen(
    version="TLSv1.3",
    not_after=datetime.fromtimestamp(NOW + 90 * DAY, UTC),
    names=("redis.internal",),
)
PRIMARY: Final = ServerSeen(
    name=NAME,
    role="primary",
    addresses=("10.0.0.3",),
    stranger="password",
    tls=TLS,
    info=INFO,
    info_later=INFO,
    seconds_between=0.5,
    config=CONFIG,
    rights=RightsSeen(
        user="tally",
        may=dict.fromkeys(("FLUSHALL", "CONFIG", "KEYS", "SHUTDOWN"), False),
        foreign_keys=False,
    ),
    keys=KeysSeen(sampled=1000, foreign=0, entries=1000, without_ttl=0, entry_bytes=(2700,) * 50),
    clock_ahead=0.01,
    ping=PingSeen(count=200, p50=0.0003, p99=0.001),
    slow_log=SlowLogSeen(length=0),
    latency_events=(),
)
SENTINEL: Final = SentinelSeen(
    name="rediss://:***@10.0.0.7:26379/0",
    addresses=("10.0.0.7",),
    stranger="password",
    tls=TLS,
    master={"flags": "master", "down-after-milliseconds": "3000", "num-other-sentinels": "2"},
    quorum=True,
)
CLUSTER_INFO: Final = {"cluster_state": "ok", "cluster_slots_ok": "16384"}
ONE: Final = LayoutSeen(topology="standalone", shards=(ShardSeen(primary=NAME),))
PAIR: Final = (ShardSeen(primary=NAME, replicas=(REPLICA,)),)


def meant(url: str) -> RedisTarget:
    target = parse_redis_url(url)
    assert target is not None
    return target


def server(**changes: Any) -> ServerSeen:
    """A primary in good order, but for these. `info` and `config` change single fields."""
    for name in ("info", "info_later", "config"):
        if isinstance(changes.get(name), Mapping):
            changes[name] = {**getattr(PRIMARY, name), **changes[name]}
    return replace(PRIMARY, **changes)


def without(fields: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in fields.items() if name not in names}


def replica(**changes: Any) -> ServerSeen:
    return replace(server(**changes), name=REPLICA, role="replica")


def seen(*servers: ServerSeen, **changes: Any) -> Evidence:
    """One server over TLS, all in good order, but for these."""
    good = evidence(
        target=meant("rediss://tally:secret@10.0.0.3:6380/0"),
        layout=ONE,
        servers=servers or (PRIMARY,),
    )
    return replace(good, **changes)


def watched(*servers: ServerSeen, **changes: Any) -> Evidence:
    """A primary and its replica under three Sentinels, all in good order, but for these."""
    target = meant("rediss+sentinel://tally:secret@10.0.0.7,10.0.0.8,10.0.0.9/mymaster/0")
    assert isinstance(target, SentinelAddress)
    good = seen(
        *(servers or (PRIMARY, replica())),
        target=target,
        layout=LayoutSeen(topology="sentinel", shards=PAIR),
        sentinels=[SENTINEL] * 3,
    )
    return replace(good, **changes)


def sharded(*servers: ServerSeen, **changes: Any) -> Evidence:
    """A cluster of one shard, all in good order, but for these."""
    target = meant("rediss+cluster://tally:secret@10.0.0.3:6380")
    assert isinstance(target, ClusterAddress)
    good = seen(
        *(servers or (server(cluster_info=CLUSTER_INFO), replica(cluster_info=CLUSTER_INFO))),
        target=target,
        layout=LayoutSeen(topology="cluster", shards=PAIR),
    )
    return replace(good, **changes)


def unix() -> Evidence:
    """A server at a unix socket."""
    target = meant("unix:///run/redis.sock")
    assert isinstance(target, RedisAddress)
    return seen(server(addresses=(), tls=None), target=target)


def found(checks: Iterable[Check], given: Evidence) -> dict[str, Finding]:
    """The findings by their ids; of several servers the last one's."""
    return {finding.check: finding for check in checks for finding in check(given)}


def verdicts(checks: Iterable[Check], given: Evidence) -> dict[str, str]:
    return {name: str(finding.verdict) for name, finding in found(checks, given).items()}
