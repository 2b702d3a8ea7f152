"""Replicas, Sentinels and clusters are judged: would somebody take over, and soon?"""

from dataclasses import replace

import pytest

from example_servers import (
    CLUSTER_INFO,
    INFO,
    PRIMARY,
    SENTINEL,
    found,
    replica,
    seen,
    server,
    sharded,
    verdicts,
    watched,
    without,
)
from ops.checks_replication import CHECKS
from ops.server_seen import Fact, Unknown

GONE = Unknown("it does not answer in time.")


def test_what_is_in_order_is_found_so_and_one_server_has_nobody_to_take_over() -> None:
    assert {*verdicts(CHECKS, watched()).values()} == {"ok"}
    assert {*verdicts(CHECKS, sharded()).values()} == {"ok"}
    assert verdicts(CHECKS, seen(replace(PRIMARY, info=without(INFO, "slave0")))) == {}


def test_a_primary_without_a_replica_fails() -> None:
    alone = server(info={"connected_slaves": "0"})

    assert verdicts(CHECKS, watched(alone))["redis.replicas"] == "fail"


def test_a_replica_that_has_lost_its_primary_fails() -> None:
    lost = replica(info={"master_link_status": "down", "master_link_down_since_seconds": "12"})
    finding = found(CHECKS, watched(PRIMARY, lost))["redis.replica-link"]

    assert (finding.verdict, finding.measured) == ("fail", "link down, for 12 s")


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ("state=online,offset=5000,lag=1", "ok"),  # and 1 MB behind, just so
        ("state=online,offset=5000,lag=2", "warn"),
        ("state=online,offset=0,lag=0", "warn"),
        ("state=wait_bgsave,offset=5000,lag=0", "warn"),
        ("state=online,lag=0", "unknown"),
    ],
)
def test_the_worst_replica_counts(told: str, verdict: str) -> None:
    other = f"ip=10.0.0.5,port=6380,{told}"
    both = server(info={"slave1": other, "master_repl_offset": str(2**20 + 4000)})

    assert verdicts(CHECKS, watched(both))["redis.replica-lag"] == verdict


@pytest.mark.parametrize(
    ("others", "silent", "verdict"),
    [("2", 0, "ok"), ("4", 0, "ok"), ("1", 0, "warn"), ("2", 1, "warn"), ("2", 3, "fail")],
)
def test_three_sentinels_or_more_and_all_of_them_awake(
    others: str, silent: int, verdict: str
) -> None:
    awake = replace(SENTINEL, master={**SENTINEL.master, "num-other-sentinels": others})  # type: ignore[dict-item]
    asleep = replace(SENTINEL, trouble=GONE.why, master=GONE, quorum=GONE)
    sentinels = [asleep] * silent + [awake] * (3 - silent)

    assert verdicts(CHECKS, watched(sentinels=sentinels))["redis.sentinels"] == verdict


@pytest.mark.parametrize(("quorum", "verdict"), [(True, "ok"), (False, "fail"), (GONE, "unknown")])
def test_a_failover_that_cannot_be_decided_is_none(quorum: Fact[bool], verdict: str) -> None:
    given = watched(sentinels=[replace(SENTINEL, quorum=quorum)])

    assert verdicts(CHECKS, given)["redis.quorum"] == verdict


@pytest.mark.parametrize(
    ("after", "verdict"), [("5000", "ok"), ("30000", "warn"), ("?", "unknown")]
)
def test_a_dead_primary_is_to_be_missed_soon(after: str, verdict: str) -> None:
    given = watched(sentinels=[replace(SENTINEL, master={"down-after-milliseconds": after})])

    assert verdicts(CHECKS, given)["redis.down-after"] == verdict


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (CLUSTER_INFO, "ok"),
        ({**CLUSTER_INFO, "cluster_slots_ok": "16000"}, "warn"),
        ({"cluster_state": "fail", "cluster_slots_ok": "10923"}, "fail"),
        (GONE, "unknown"),
        ({}, "unknown"),
    ],
)
def test_a_cluster_is_whole(told: object, verdict: str) -> None:
    given = sharded(server(cluster_info=told))

    assert verdicts(CHECKS, given)["redis.cluster"] == verdict


@pytest.mark.parametrize(("timeout", "verdict"), [("5000", "ok"), ("15000", "warn")])
def test_a_dead_node_is_to_be_missed_soon(timeout: str, verdict: str) -> None:
    given = sharded(server(cluster_info=CLUSTER_INFO, config={"cluster-node-timeout": timeout}))

    assert verdicts(CHECKS, given)["redis.node-timeout"] == verdict


def test_settings_that_a_provider_hides_are_unknown() -> None:
    given = sharded(server(cluster_info=CLUSTER_INFO, config=Unknown("unknown command 'CONFIG'")))

    assert verdicts(CHECKS, given)["redis.node-timeout"] == "unknown"
