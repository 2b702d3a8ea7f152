"""Checks of replicas, Sentinels and clusters: would somebody take over, and soon? Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from ops.evidence import Check, Evidence
from ops.quantities import duration, size
from ops.rule import Judged, Rule, judged
from ops.server_rule import (
    PRIMARIES,
    REPLICAS,
    SentinelRule,
    ServerRule,
    figure,
    known,
    word,
)
from ops.server_seen import SentinelSeen, ServerSeen, Unknown

_LAG_SECONDS: Final = 1.0
"""Replicas tell how far they are once a second: one second of lag is none."""
_BEHIND: Final = 2**20
"""Bytes."""
_MISSED_SECONDS: Final = 5.0
"""How long a dead primary may go unnoticed. A cache can afford a false alarm."""
_SENTINELS: Final = 3
_SLOTS: Final = 16_384


def _replicas(server: ServerSeen, evidence: Evidence) -> Judged | None:
    if evidence.layout.topology not in ("sentinel", "cluster"):
        return None
    count = figure(known(server.info), "connected_slaves")
    return judged(f"{count:.0f} replicas", fail=count == 0)


def _link(server: ServerSeen, evidence: Evidence) -> Judged:
    info = known(server.info)
    status = word(info, "master_link_status")
    away = info.get("master_link_down_since_seconds")
    since = f", for {duration(float(away))}" if away and away.isdecimal() else ""
    return judged(f"link {status}{since}", fail=status != "up")


def _lag(server: ServerSeen, evidence: Evidence) -> Judged | None:
    if evidence.layout.topology == "standalone" and isinstance(server.info, Unknown):
        return None
    info = known(server.info)
    followers = list(_followers(info))
    if not followers:
        return None
    offset = figure(info, "master_repl_offset")
    lag = max(figure(follower, "lag") for follower in followers)
    behind = max(offset - figure(follower, "offset") for follower in followers)
    states = {word(follower, "state") for follower in followers}
    measured = f"the worst of {len(followers)}: {duration(lag)}, {size(max(0.0, behind))} behind"
    if states != {"online"}:
        return judged(f"{measured}; {', '.join(sorted(states))}", warn=True)
    return judged(measured, warn=lag > _LAG_SECONDS or behind > _BEHIND)


def _followers(info: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """`slave0:ip=10.0.0.2,port=6379,state=online,offset=1234,lag=0`."""
    for name, told in info.items():
        if name.startswith("slave") and name[5:].isdecimal():
            yield dict(pair.partition("=")[::2] for pair in told.split(","))


def _sentinels(evidence: Evidence) -> Judged | None:
    if evidence.layout.topology != "sentinel":
        return None
    named = len(evidence.sentinels)
    answering = [one for one in evidence.sentinels if one.trouble is None]
    seen = [one.master for one in answering if not isinstance(one.master, Unknown)]
    known_to_them = max((_others(master) + 1 for master in seen), default=0)
    measured = f"{len(answering)} of {named} in REDIS_URL answer; they know {known_to_them}"
    few = known_to_them < _SENTINELS or len(answering) < named
    return judged(measured, warn=few, fail=not answering)


def _others(master: Mapping[str, str]) -> int:
    told = master.get("num-other-sentinels", "0")
    return int(told) if told.isdecimal() else 0


def _quorum(sentinel: SentinelSeen, evidence: Evidence) -> Judged:
    reached = known(sentinel.quorum)
    return judged(
        "is reached" if reached else "is not reached: nobody would take over", fail=not reached
    )


def _down_after(sentinel: SentinelSeen, evidence: Evidence) -> Judged:
    seconds = figure(known(sentinel.master), "down-after-milliseconds") / 1000
    return judged(duration(seconds), warn=seconds > _MISSED_SECONDS)


def _cluster(server: ServerSeen, evidence: Evidence) -> Judged | None:
    told = known(server.cluster_info)
    if told is None:
        return None
    state, fine = word(told, "cluster_state"), figure(told, "cluster_slots_ok")
    measured = f"state {state}, {fine:.0f} of {_SLOTS} slots are well"
    return judged(measured, warn=fine < _SLOTS, fail=state != "ok")


def _node_timeout(server: ServerSeen, evidence: Evidence) -> Judged | None:
    if evidence.layout.topology != "cluster":
        return None
    seconds = figure(known(server.config), "cluster-node-timeout") / 1000
    return judged(duration(seconds), warn=seconds > _MISSED_SECONDS)


CHECKS: tuple[Check, ...] = (
    ServerRule(
        check="redis.replicas",
        threshold="at least one, to take over",
        fix="replicaof HOST PORT in the redis.conf of another server; in a cluster redis-cli "
        "--cluster add-node NEW EXISTING --cluster-slave",
        judge=_replicas,
        roles=PRIMARIES,
    ),
    ServerRule(
        check="redis.replica-link",
        threshold="up",
        fix="its log says why: masterauth, tls-replication, or a firewall",
        judge=_link,
        roles=REPLICAS,
    ),
    ServerRule(
        check="redis.replica-lag",
        threshold=f"within {duration(_LAG_SECONDS)} and {size(_BEHIND)}, and online",
        fix="redis-cli INFO replication; a full or slow network, or a replica that is too small",
        judge=_lag,
        roles=PRIMARIES,
    ),
    Rule(
        check="redis.sentinels",
        subject="Sentinels",
        threshold=f"at least {_SENTINELS}, and all that REDIS_URL names answer",
        fix="start one more on a host of its own, and name it in REDIS_URL: of two, one cannot "
        "decide alone",
        judge=_sentinels,
    ),
    SentinelRule(
        check="redis.quorum",
        threshold="enough Sentinels to decide on a failover, and to lead it",
        fix="redis-cli -p 26379 SENTINEL CKQUORUM mymaster; start those that are away",
        judge=_quorum,
    ),
    SentinelRule(
        check="redis.down-after",
        threshold=f"a dead primary is noticed within {duration(_MISSED_SECONDS)}",
        fix="redis-cli -p 26379 SENTINEL SET mymaster down-after-milliseconds 3000, at each one",
        judge=_down_after,
    ),
    ServerRule(
        check="redis.cluster",
        threshold="state ok, and all slots are well",
        fix="redis-cli --cluster check HOST:PORT; --cluster fix assigns slots that nobody has",
        judge=_cluster,
    ),
    ServerRule(
        check="redis.node-timeout",
        threshold=f"a dead node is noticed within {duration(_MISSED_SECONDS)}",
        fix="CONFIG SET cluster-node-timeout 5000, and in redis.conf, at each node",
        judge=_node_timeout,
    ),
)
