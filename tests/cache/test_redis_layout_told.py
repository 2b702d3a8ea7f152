"""What real servers say of who holds what is read as it is."""

import asyncio
from collections.abc import Callable

import pytest

from cache.redis_commands import ask_cluster, ask_sentinel
from cache.redis_layout import SLOTS, Layout, Shard
from cache.redis_layout import slot_of as slot
from cache.redis_target import Node
from dev_servers import RedisCluster, RedisSentinels, RedisServer
from redis_parts import driver_at, node_of

Start = Callable[..., RedisServer]


def test_a_key_has_the_slot_that_the_servers_say(cluster: RedisCluster) -> None:
    keys = ["k", "tally:job:{abc}", "{}", "a{b", "a}b{c}d"]

    assert [slot(key) for key in keys] == [cluster.slot_of(key) for key in keys]


async def test_a_real_cluster_is_read_as_it_is(cluster: RedisCluster) -> None:
    expected = [
        (node_of(primary), tuple(map(node_of, replicas)))
        for primary, replicas in cluster.followers().items()
    ]
    async with asyncio.timeout(10.0):  # a node may have missed a replica for a moment
        while read(told := await layout_from(cluster.nodes[4])) != expected:
            pass

    assert told.sound
    assert told.epoch >= len(cluster.nodes) / 2
    assert sum(len(held) for shard in told.shards for held in shard.slots) == SLOTS


def read(told: Layout) -> list[tuple[Node, tuple[Node, ...]]]:
    return [(shard.primary, shard.replicas) for shard in told.shards]


async def test_all_nodes_of_a_cluster_come_to_tell_of_equal_layouts(
    cluster: RedisCluster,
) -> None:
    async with asyncio.timeout(10.0):  # epochs travel by gossip
        while len({await layout_from(server) for server in cluster.nodes}) > 1:
            pass


async def layout_from(server: RedisServer) -> Layout:
    driver = driver_at(server)
    try:
        return await ask_cluster(driver, node_of(server))
    finally:
        await driver.close()


async def test_a_real_sentinel_is_read_as_it_is(sentinels: RedisSentinels) -> None:
    primary, *replicas = sentinels.nodes
    layouts = set()
    for sentinel in sentinels.sentinels:
        driver = driver_at(sentinel)
        layouts.add(await ask_sentinel(driver, "mymaster", replicas=True))
        await driver.close()
    shard = Shard(
        primary=node_of(primary),
        replicas=tuple(sorted(map(node_of, replicas), key=lambda node: node.port)),
    )

    assert layouts == {Layout(shards=(shard,))}


@pytest.mark.parametrize("kind", ["ip", "unknown-endpoint", "hostname"])
async def test_servers_that_have_no_name_are_where_they_say_or_where_they_were_asked(
    start_redis: Start, kind: str
) -> None:
    server = start_redis(config=["cluster-enabled yes", f"cluster-preferred-endpoint-type {kind}"])
    server.ask("CLUSTER ADDSLOTSRANGE 0 16383")
    driver = driver_at(server)
    told = await ask_cluster(driver, node_of(server))
    await driver.close()

    assert told.primaries == (node_of(server),)


async def test_a_server_with_a_name_is_called_by_it(start_redis: Start) -> None:
    config = ["cluster-preferred-endpoint-type hostname", "cluster-announce-hostname r1.example"]
    server = start_redis(config=["cluster-enabled yes", *config])
    server.ask("CLUSTER ADDSLOTSRANGE 0 16383")
    driver = driver_at(server)
    told = await ask_cluster(driver, node_of(server))
    await driver.close()

    assert told.primaries == (Node(host="r1.example", port=server.port),)
