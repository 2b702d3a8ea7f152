"""Where a key belongs, and what servers say of who holds what: real answers, and odd ones."""

import re
from collections.abc import Sequence
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from redis.crc import key_slot

from cache.redis_layout import EVERY, SLOTS, Layout, Shard, newest, read_cluster, read_sentinel
from cache.redis_layout import slot_of as slot
from cache.redis_target import Node
from redis_parts import shared_by

ASKED: Final = Node(host="asked", port=1)
A, B, C = (Node(host=name, port=1) for name in "abc")
INFO: Final = b"cluster_state:ok\r\ncluster_current_epoch:7\r\n"


@given(st.text(alphabet="a{}b\N{SNOWMAN}", max_size=12) | st.text(st.characters(codec="utf-8")))
@example("{}")
@example("{a}b")
@example("a{b}{c}")
@example("{{a}}")
def test_a_key_has_the_slot_that_the_driver_says(key: str) -> None:
    assert slot(key) == key_slot(key.encode())


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ([b"a", 1, b"id", []], A),
        ([b"a", 1], A),
        ([b"", 1, b"id"], ASKED),
        ([None, 1, b"id", [b"ip", b"a"]], ASKED),
        ([b"?", 1, b"id", [b"ip", b"a"]], A),
        ([b"?", 1, b"id", []], ASKED),
        ([b"?", 1], ASKED),
        ([b"::1", b"1"], Node(host="::1", port=1)),
    ],
)
def test_a_server_is_where_the_cluster_says(server: Sequence[Any], expected: Node) -> None:
    assert read_cluster([[0, 5, server]], INFO, ASKED).primaries == (expected,)


def test_several_ranges_of_a_primary_are_one_shard_in_the_order_of_the_slots() -> None:
    slots = [
        [11, 16383, [b"b", 1]],
        [6, 10, [b"a", 1], [b"c", 1], [b"b", 1]],
        [0, 5, [b"a", 1], [b"c", 1], [b"b", 1]],
    ]
    told = read_cluster(slots, INFO, ASKED)

    assert told == Layout(
        shards=(
            Shard(primary=A, replicas=(B, C), slots=(range(6), range(6, 11))),
            Shard(primary=B, slots=(range(11, 16384),)),
        ),
        epoch=7,
    )
    assert told.nodes == (A, B, C)


def test_a_cluster_without_slots_has_no_shards() -> None:
    told = read_cluster([], b"cluster_state:fail\r\n", ASKED)

    assert told == Layout(shards=(), sound=False)


@pytest.mark.parametrize("slots", [[[0, 5]], [[0]], [[0, 5, [b"a", b"x"]]], [[0, b"", [b"a", 1]]]])
def test_what_no_cluster_says_is_refused(slots: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_cluster(slots, INFO, ASKED)


def sentinel_says(**facts: object) -> list[bytes]:
    named = {re.sub("_", "-", name): value for name, value in facts.items()}
    return [str(word).encode() for pair in named.items() for word in pair]


MASTER: Final = sentinel_says(ip="old", port=9, config_epoch=3)
"""As the leader of a failover says it: the new epoch, and the old address."""
ADDRESS: Final = [b"a", b"1"]


@pytest.mark.parametrize(
    ("flags", "link", "serves"),
    [
        ("slave", "ok", True),
        ("slave", "err", False),
        ("s_down,slave", "ok", False),
        ("o_down,slave", "ok", False),
        ("slave,disconnected", "ok", False),
    ],
)
def test_a_replica_that_is_away_is_left_out(flags: str, link: str, serves: bool) -> None:
    replica = sentinel_says(ip="b", port=1, flags=flags, master_link_status=link)
    told = read_sentinel(MASTER, ADDRESS, [replica])

    assert told.shards == (Shard(primary=A, replicas=(B,) if serves else ()),)
    assert told.epoch == 3


def test_the_order_in_which_replicas_are_told_means_nothing() -> None:
    one, other = (
        sentinel_says(ip=name, port=1, flags="slave", master_link_status="ok") for name in "bc"
    )

    assert read_sentinel(MASTER, ADDRESS, [one, other]) == read_sentinel(
        MASTER, ADDRESS, [other, one]
    )


@pytest.mark.parametrize(
    "master",
    [[b"ip"], sentinel_says(ip="a", port=1), sentinel_says(ip="a", port=1, config_epoch="")],
)
def test_what_no_sentinel_says_is_refused(master: list[bytes]) -> None:
    with pytest.raises((KeyError, ValueError)):
        read_sentinel(master, ADDRESS, [])


def test_the_newest_of_the_majority_is_believed() -> None:
    old, new = shared_by(A, epoch=1), shared_by(B, epoch=2)
    cut_off = Layout(shards=(Shard(primary=C),), epoch=9, sound=False)

    assert newest([old, new, cut_off]) == new
    assert newest([cut_off]) == cut_off
    assert newest([]) is None


def test_who_has_left_a_cluster_that_is_down_has_no_say() -> None:
    left = Layout(shards=(), epoch=9, sound=False)
    down = Layout(shards=(Shard(primary=A),), epoch=2, sound=False)

    assert newest([left, down]) == down


def test_a_single_shard_holds_every_slot() -> None:
    assert Shard(primary=A).slots == EVERY
    assert sum(map(len, EVERY)) == SLOTS
