"""Whatever Redis tells or hides, no check breaks off, and hiding something makes nothing fine."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from example_evidence import NOW
from example_servers import (
    CLUSTER_INFO,
    INFO,
    MB,
    SENTINEL,
    TLS,
    meant,
    seen,
    server,
    sharded,
    verdicts,
    watched,
)
from ops import (
    checks_access,
    checks_engine,
    checks_memory,
    checks_reach,
    checks_replication,
    checks_sharing,
    checks_tls,
)
from ops.evidence import Check
from ops.server_seen import (
    KeysSeen,
    PingSeen,
    RightsSeen,
    SentinelSeen,
    ServerSeen,
    SlowLogSeen,
    SlowMoment,
    Unknown,
)

CHECKS: Final[tuple[Check, ...]] = (
    *checks_reach.CHECKS,
    *checks_access.CHECKS,
    *checks_tls.CHECKS,
    *checks_engine.CHECKS,
    *checks_memory.CHECKS,
    *checks_sharing.CHECKS,
    *checks_replication.CHECKS,
)
HIDDEN: Final = Unknown("NoPermissionError: no permissions to run the 'it' command")
FACTS: Final = (
    *("addresses", "stranger", "tls", "info", "info_later", "config", "rights", "keys"),
    *("clock_ahead", "ping", "slow_log", "latency_events", "cluster_info"),
)
SLOW: Final = SlowMoment(what="fork", at=NOW - 60, seconds=1.0)
BAD: Final = server(
    addresses=("10.0.0.3",),
    stranger="let in",
    tls=replace(TLS, version="TLSv1.1", not_after=datetime(2001, 1, 1, tzinfo=UTC)),
    info={
        "redis_version": "6.0.1",
        "connected_clients": "9999",
        "used_memory": str(255 * MB),
        "maxmemory_policy": "noeviction",
        "mem_fragmentation_ratio": "9.0",
        "mem_fragmentation_bytes": str(900 * MB),
        "aof_enabled": "1",
        "connected_slaves": "0",
        "slave0": "ip=10.0.0.4,port=6380,state=online,offset=5000,lag=60",
        "master_link_status": "down",
        "db1": "keys=9000,expires=0",
    },
    info_later={"evicted_keys": "5000", "rejected_connections": "7"},
    config={"bind": "*", "protected-mode": "no", "save": "60 1", "cluster-node-timeout": "15000"},
    rights=RightsSeen(user="default", may={"KEYS": True}, foreign_keys=True),
    keys=KeysSeen(sampled=10, foreign=5, entries=5, without_ttl=3, entry_bytes=(90_000,)),
    clock_ahead=60.0,
    ping=PingSeen(count=10, p50=0.2, p99=0.4),
    slow_log=SlowLogSeen(length=0),
    latency_events=(replace(SLOW, at=NOW + 30),),
    cluster_info={**CLUSTER_INFO, "cluster_state": "fail"},
)
FIELDS: Final = st.sampled_from([*INFO, "db1", "slave1", "valkey_version", "aof_last_write_status"])
TEXTS: Final = st.text(max_size=20) | st.integers().map(str) | st.floats().map(str)


def test_a_bad_server_is_found_in_order_in_nothing_but_being_there() -> None:
    fine = [name for name, verdict in verdicts(CHECKS, sharded(BAD)).items() if verdict == "ok"]

    assert fine == [
        "redis.url",
        "redis.layout",
        "redis.name",
        "redis.reachable",
        "redis.tls",
        "redis.tls-verified",
        "redis.maxmemory",
    ]


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_that_is_hidden_makes_nothing_fine_that_was_not(fact: str) -> None:
    before = verdicts(CHECKS, sharded(BAD))
    hidden: dict[str, Any] = {fact: HIDDEN}
    after = verdicts(CHECKS, sharded(replace(BAD, **hidden)))

    assert [name for name in after if after[name] == "ok" and before.get(name) != "ok"] == []
    assert after != before


def test_of_a_server_that_tells_nothing_no_fact_is_in_order() -> None:
    blind: dict[str, Any] = dict.fromkeys(FACTS, HIDDEN)
    told = verdicts(CHECKS, sharded(ServerSeen(name="redis://x:1/0", role="primary", **blind)))
    fine = {name for name, verdict in told.items() if verdict == "ok"}

    assert fine == {"redis.url", "redis.layout", "redis.reachable", "redis.tls-verified"}


def test_of_sentinels_that_tell_nothing_no_fact_is_in_order() -> None:
    silent = SentinelSeen(name=SENTINEL.name, trouble="it does not answer in time.")
    told = verdicts(checks_replication.CHECKS, watched(sentinels=[silent] * 3))

    assert told["redis.sentinels"] == "fail"
    assert (told["redis.quorum"], told["redis.down-after"]) == ("unknown", "unknown")


@settings(max_examples=60)
@given(st.dictionaries(FIELDS, TEXTS), st.dictionaries(st.sampled_from(["save", "bind"]), TEXTS))
def test_whatever_a_server_tells_no_check_breaks_off(
    info: dict[str, str], config: dict[str, str]
) -> None:
    odd = server(info=info, info_later=info, config=config, cluster_info=info)

    for given_evidence in (seen(odd), watched(odd), sharded(odd)):
        assert {*verdicts(CHECKS, given_evidence).values()} <= {"ok", "warn", "fail", "unknown"}


def test_no_finding_shows_a_password() -> None:
    url = "rediss://tally:a-very-secret-word@10.0.0.3:6380/0"
    shown = [finding for check in CHECKS for finding in check(seen(BAD, target=meant(url)))]

    assert "a-very-secret-word" not in repr(shown)
