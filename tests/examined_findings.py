"""What doctor is to find in each of the examined topologies: the worst verdict of each check."""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from examined_servers import Order
from ops.finding import Finding, Verdict

Verdicts: TypeAlias = Mapping[str, str]

WORST: Final = (Verdict.FAIL, Verdict.WARN, Verdict.UNKNOWN, Verdict.OK)
UNSTEADY: Final = frozenset(
    {"redis.latency", "redis.slow", "redis.clock", "redis.replica-lag", "redis.version"}
)
"""What a busy machine, or another year, may find otherwise."""


def redis(verdict: str, names: str) -> dict[str, str]:
    return {f"redis.{name}": verdict for name in names.split()}


def ok(names: str) -> dict[str, str]:
    return redis("ok", names)


def warn(names: str) -> dict[str, str]:
    return redis("warn", names)


def fail(names: str) -> dict[str, str]:
    return redis("fail", names)


def unknown(names: str) -> dict[str, str]:
    return redis("unknown", names)


WAY: Final = ok("url layout name reachable exposed tls")
WIDE: Final = warn("rights key-pattern")  # of a user who may do everything
SOUND: Final = ok("password evictions memory-estimate shared ttl")
WELL_SET: Final = ok("persistence clients maxmemory memory-used eviction-policy fragmentation")
GOOD: Final = {**WAY, **WIDE, **SOUND, **WELL_SET}
ILL_SET: Final = {
    **ok("clients evictions fragmentation memory-estimate"),
    **warn("persistence eviction-policy"),
    **fail("maxmemory shared ttl"),
}
BAD: Final = {**WAY, **WIDE, **ILL_SET, **fail("password")}
CERTIFIED: Final = ok("tls-verified certificate tls-version")
FOLLOWED: Final = ok("replicas replica-link")
UNPLACED: Final = unknown("exposed")  # a Sentinel does not tell where it listens
WATCHED: Final = {**FOLLOWED, **UNPLACED, **ok("sentinels quorum down-after")}
SHARDED: Final = {**FOLLOWED, **ok("cluster node-timeout")}
WATCHED_BADLY: Final = {
    **FOLLOWED,
    **UNPLACED,
    **warn("sentinels down-after"),  # one of three is dead
    **unknown("quorum"),
}
SHARDED_BADLY: Final = {
    **fail("reachable replicas"),  # a replica is dead
    **warn("node-timeout"),
    **unknown("replica-link cluster clients memory-used fragmentation exposed"),
}
NOT_TOLD: Final = (
    "persistence clients maxmemory memory-used eviction-policy evictions fragmentation "
    "memory-estimate shared ttl rights key-pattern"
)

AT_REDIS: Final[Mapping[tuple[str, Order], Verdicts]] = {
    ("standalone", "good"): GOOD,
    ("password", "good"): GOOD,
    # It may do what the cache needs, and nothing of what doctor asks.
    ("user", "good"): {**WAY, **ok("password"), **unknown(NOT_TOLD), **unknown("exposed")},
    ("unix-socket", "good"): GOOD,
    ("tls", "good"): {**GOOD, **CERTIFIED},
    ("client-certificate", "good"): {**GOOD, **CERTIFIED},
    ("sentinels", "good"): {**GOOD, **WATCHED, **warn("password")},  # Sentinels without one
    ("sentinels-replicas", "good"): {**GOOD, **WATCHED, **warn("password")},
    ("sentinels-passwords", "good"): {**GOOD, **WATCHED},
    ("sentinels-tls", "good"): {**GOOD, **WATCHED, **CERTIFIED, **warn("password")},
    ("cluster", "good"): {**GOOD, **SHARDED},
    ("cluster-replicas", "good"): {**GOOD, **SHARDED},
    ("cluster-tls", "good"): {**GOOD, **SHARDED, **CERTIFIED},
    ("standalone", "bad"): BAD,
    ("password", "bad"): {**BAD, **ok("password")},  # there is one: out of a guide
    ("user", "bad"): BAD,
    ("unix-socket", "bad"): {**BAD, **warn("password")},  # files have owners
    ("tls", "bad"): {
        **BAD,
        **ok("tls-version"),
        **warn("tls-verified"),  # on this host; elsewhere a failure
        **fail("certificate"),
    },
    # The certificate has expired, and is verified: nobody gets in, we neither.
    ("client-certificate", "bad"): {
        **WAY,
        **ok("tls-version"),
        **unknown(NOT_TOLD),
        **unknown("exposed"),  # nobody tells where it listens, and it lets anybody in
        **fail("reachable certificate tls-verified password"),
    },
    ("sentinels", "bad"): {**BAD, **WATCHED_BADLY},
    ("sentinels-replicas", "bad"): {**BAD, **WATCHED_BADLY},
    # REDIS_URL has a password for Sentinels that want none: they name no primary.
    ("sentinels-passwords", "bad"): {
        **unknown(NOT_TOLD),
        **unknown("name reachable exposed tls tls-verified certificate tls-version"),
        **unknown("replicas replica-link quorum down-after cluster node-timeout"),
        **ok("url"),
        **warn("password"),
        **fail("layout sentinels"),
    },
    ("sentinels-tls", "bad"): {
        **BAD,
        **WATCHED_BADLY,
        **unknown("tls tls-verified certificate tls-version"),
    },
    ("cluster", "bad"): {**BAD, **SHARDED_BADLY},
    ("cluster-replicas", "bad"): {**BAD, **SHARDED_BADLY},
    ("cluster-tls", "bad"): {
        **BAD,
        **SHARDED_BADLY,
        **unknown("tls tls-verified certificate tls-version"),
    },
}

AT_THE_SERVICE: Final[Verdicts] = {
    **dict.fromkeys(
        (
            *("service.alive", "service.ready", "service.stats", "cache.enabled", "cache.redis"),
            *("cache.processes", "cache.without-redis", "cache.hit-rate", "cache.ttl"),
            *("cache.rejected", "cache.feed", "cache.near", "cache.pool", "cache.connections"),
            *("cache.errors", "cache.timeouts", "cache.audit", "monitoring.metrics"),
            "settings.redis-url",
        ),
        "ok",
    ),
    # The near tier has answered all, and no Prometheus was named.
    **dict.fromkeys(("cache.latency", "backup.database"), "unknown"),
    **dict.fromkeys(("monitoring.scraped", "monitoring.alerts"), "unknown"),
    "cache.same-redis": "fail",  # it has one of its own
    "jobs.waiting": "warn",  # and no worker
}
"""Of the one service that is asked in all cases."""

FAILS_OVER: Final = ("sentinels", "cluster")
WITH_A_PASSWORD: Final = frozenset(
    {("password", "bad"), ("user", "bad"), ("sentinels-passwords", "bad")}
)
"""Bad ones whose REDIS_URL has one: it is in the log."""


def expected(topology: str, order: Order) -> Verdicts:
    """All that is to be found there, but for what is unsteady."""
    good = order == "good"
    tried = {
        "drill.rollback": "ok" if good else "warn",
        "baseline.record": "ok" if good else "warn",
        **({"baseline.drift": "ok"} if good else {}),
    }
    if topology.startswith(FAILS_OVER):
        tried["drill.failover"] = "ok" if good else "warn"
    kept = {"secrets.log": "fail" if (topology, order) in WITH_A_PASSWORD else "ok"}
    if good or (topology, order) in WITH_A_PASSWORD:
        well_known = (topology, order) == ("password", "bad")
        kept["secrets.password"] = "fail" if well_known else "ok"
    if (topology, order) == ("standalone", "good"):  # the password is in a file
        kept["secrets.file"] = "ok"
    return {**AT_REDIS[topology, order], **AT_THE_SERVICE, **tried, **kept}


def worst(findings: Sequence[Finding]) -> dict[str, str]:
    """The worst verdict of each check; of several servers, any may be ill."""
    ranked = sorted(findings, key=lambda finding: WORST.index(finding.verdict), reverse=True)
    return {finding.check: str(finding.verdict) for finding in ranked}
