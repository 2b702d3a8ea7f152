"""Keys that have moved, or are moving, are found where they are, or cost a miss."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from cache.entry import prefix
from cache.redis_layout import Layout, slot_of
from cache.tier import Stored, Trouble
from dev_servers import RedisCluster, RedisServer
from redis_parts import node_of, shared_by
from redis_way import KEYS, Way

Start = Callable[..., RedisServer]


Open = Callable[..., Awaitable[Way]]


def mixed_up(layout: Layout) -> Layout:
    """Each primary with the slots of the next."""
    slots = [shard.slots for shard in layout.shards]
    pairs = zip(layout.shards, [*slots[1:], slots[0]], strict=True)
    return replace(layout, shards=tuple(replace(shard, slots=held) for shard, held in pairs))


async def test_what_has_moved_is_followed_once_and_somebody_woken(
    open_way: Open, home: Layout
) -> None:
    way = await open_way(mixed_up(home))
    value = prefix(1, "subject").encode()

    assert [await way.get(key) for key in KEYS[:9]] == [key.encode() for key in KEYS[:9]]
    assert await way.get_many(KEYS) == [key.encode() for key in KEYS]
    assert await way.put("new", value) == Stored()
    assert await way.get("new") == value
    assert await way.put_many(dict.fromkeys(KEYS, value)) == [Stored()] * len(KEYS)
    assert await way.get_many(KEYS) == [value] * len(KEYS)
    assert way.wakes > 0
    assert way.strays == 0


async def test_who_is_named_and_not_known_costs_a_miss_that_is_counted(
    open_way: Open, home: Layout
) -> None:
    only = shared_by(home.primaries[0])
    way = await open_way(only)
    outcomes = await way.get_many(KEYS)
    mine = [slot_of(key) < 16384 // 3 for key in KEYS]

    assert outcomes == [
        key.encode() if here else Trouble.CLUSTER for key, here in zip(KEYS, mine, strict=True)
    ]
    assert way.strays == mine.count(False)
    assert way.wakes > 0

    key = KEYS[mine.index(False)]
    value = prefix(1, "subject").encode()
    assert await way.get(key) is Trouble.CLUSTER
    assert await way.put(key, value) is Trouble.CLUSTER
    assert await way.put_many(dict.fromkeys(KEYS, value)) == [
        Stored() if here else Trouble.CLUSTER for here in mine
    ]
    assert way.fleet.in_use


@contextmanager
def half_moved(cluster: RedisCluster, slot: int) -> Iterator[None]:
    """Some of the slot's keys are at their new holder; at the end all are back at the old one."""
    source = cluster.primary_of(slot)
    target = next(node for node in cluster.nodes[:3] if node is not source)
    move = cluster.begin_move(slot, target)
    move.carry(4)
    yield
    move.finish()
    cluster.move_slot(slot, source)


async def test_while_a_slot_moves_all_its_keys_are_found(
    open_way: Open, home: Layout, cluster: RedisCluster
) -> None:
    way = await open_way(home)
    keys = [f"{{k0}}{number}" for number in range(10)]
    value, newer = (prefix(version, "subject").encode() for version in (1, 2))
    await way.put_many(dict.fromkeys(keys, value))
    expected = [value] * len(keys)
    with half_moved(cluster, slot_of("k0")):
        singly = [await way.get(key) for key in keys]
        together = await way.get_many([*KEYS, *keys, "{k0}none"])
        put = await way.put("{k0}new", value)
        many = await way.put_many(dict.fromkeys([*keys, *KEYS[:9], "{k0}newer"], newer))
        new = await way.get_many(["{k0}new", "{k0}newer"])

    assert singly == expected
    assert together == [*(key.encode() for key in KEYS), *expected, None]
    assert (put, new) == (Stored(), [value, newer])
    assert many == [Stored()] * (len(keys) + 10)
    assert way.strays == 0
    assert way.wakes == 0
    assert await way.get_many([*keys, "{k0}new"]) == [newer] * len(keys) + [value]


async def test_a_primary_that_became_a_replica_wakes_whoever_finds_out(
    open_way: Open, start_redis: Start
) -> None:
    primary, other = start_redis(), start_redis()
    way = await open_way(shared_by(node_of(primary)), cluster=False)
    primary.ask(f"REPLICAOF 127.0.0.1 {other.port}")
    value = prefix(1, "subject").encode()

    assert await way.put("k", value) is Trouble.READONLY
    assert way.wakes == 1
