"""Sentinels and clusters that everything else is tested against fail over, move slots, and heal."""

import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from dev_servers import RedisCluster, RedisSentinels, RedisServer, ServerError
from live.soak import longer

pytestmark = [
    pytest.mark.soak,
    pytest.mark.parametrize(
        "redis_flavour", longer(["valkey"], ["redis", "valkey"]), indirect=True
    ),
]

FAILOVER_SECONDS = 15.0  # it takes about two; the machine may be busy


def _soon(fact: Callable[[], bool]) -> bool:
    """Whether it comes to be so; what does not answer yet is not so."""
    until = time.monotonic() + FAILOVER_SECONDS
    while time.monotonic() < until:
        with suppress(OSError, ServerError, StopIteration):
            if fact():
                return True
        time.sleep(0.02)
    return False


def _role(server: RedisServer) -> str:
    return server.facts("INFO replication")["role"]


def _another(cluster: RedisCluster, slot: int) -> RedisServer:
    return next(node for node in cluster.nodes[:3] if node is not cluster.primary_of(slot))


def test_sentinels_replace_a_killed_primary_which_follows_when_it_is_back(
    sentinels: RedisSentinels,
) -> None:
    first = sentinels.primary
    first.ask("SET a 1")
    followed = _soon(sentinels.caught_up)
    first.kill()
    replaced = _soon(lambda: sentinels.primary is not first)
    kept = sentinels.primary.ask("GET a")
    first.start()

    assert (followed, replaced, kept) == (True, True, "1")
    assert _soon(lambda: _role(first) == "slave")
    assert first in sentinels.replicas


def test_sentinels_are_whole_again_for_the_next_test(sentinels: RedisSentinels) -> None:
    assert sentinels.primary is sentinels.nodes[0]
    assert [node.ask("DBSIZE") for node in sentinels.nodes] == ["0"] * 3
    assert [*map(_role, sentinels.nodes)] == ["master", "slave", "slave"]
    assert len(sentinels.sentinels) == 3


def test_a_slot_on_the_move_is_in_two_places(cluster: RedisCluster) -> None:
    slot = cluster.slot_of("{s}")
    source, target = cluster.primary_of(slot), _another(cluster, slot)
    for number in range(3):
        source.ask(f"SET {{s}}{number} {number}")
    move = cluster.begin_move(slot, target)
    carried, left = move.carry(1), move.keys()
    (gone,) = {"{s}0", "{s}1", "{s}2"} - {*left}

    assert (carried, [source.ask(f"GET {key}") for key in left]) == (1, [key[-1] for key in left])
    with pytest.raises(ServerError, match=f"ASK {slot} 127.0.0.1:{target.port}"):
        source.ask(f"GET {gone}")


def test_a_slot_that_has_moved_is_in_its_new_place_alone(cluster: RedisCluster) -> None:
    slot = cluster.slot_of("{s}")
    source, target = cluster.primary_of(slot), _another(cluster, slot)
    source.ask("SET {s}0 0")
    cluster.move_slot(slot, target)

    assert target.ask("GET {s}0") == "0"
    assert _soon(lambda: cluster.primary_of(slot) is target)
    with pytest.raises(ServerError, match=f"MOVED {slot} 127.0.0.1:{target.port}"):
        source.ask("GET {s}0")


def test_slots_are_at_home_and_at_rest_for_the_next_test(cluster: RedisCluster) -> None:
    slot = cluster.slot_of("{s}")

    assert cluster.primary_of(slot) is cluster.nodes[slot * 3 // 16384]
    assert not any("[" in node.ask("CLUSTER NODES") for node in cluster.nodes)


def test_a_cluster_replaces_a_killed_primary(cluster: RedisCluster) -> None:
    slot = cluster.slot_of("a")
    first = cluster.primary_of(slot)
    first.ask("SET a 1")
    followed = _soon(cluster.caught_up)
    first.kill()
    replaced = _soon(lambda: cluster.primary_of(slot) is not first)

    assert (followed, replaced) == (True, True)
    assert _soon(lambda: cluster.primary_of(slot).ask("GET a") == "1")


def test_a_cluster_is_whole_again_for_the_next_test(cluster: RedisCluster) -> None:
    edges = [0, 5460, 5461, 10921, 10922, 16383]
    holders = [cluster.nodes.index(cluster.primary_of(slot)) for slot in edges]

    assert holders == [0, 0, 1, 1, 2, 2]
    assert [node.ask("DBSIZE") for node in cluster.nodes] == ["0"] * 6
    assert [*map(_role, cluster.nodes)] == ["master"] * 3 + ["slave"] * 3
