"""The layout of a cluster is found out from its nodes, though some are silent or have left."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from cache import ClusterAddress
from cache.redis_discovery import Discovery
from cache.redis_inquiry import Undiscovered
from cache.redis_target import RedisTarget
from dev_servers import RedisCluster, RedisServer
from redis_parts import node_of
from silence import Silence

Start = Callable[..., RedisServer]
Until = Callable[..., Awaitable[float]]
Find = Callable[[RedisTarget], Discovery]

SOON = 0.2 + 0.7
"""The others' time once one has told, and a busy machine's."""


async def test_a_cluster_is_known_from_any_of_its_nodes(
    find_out: Find, cluster: RedisCluster
) -> None:
    for server in (cluster.nodes[0], cluster.nodes[-1]):
        discovery = find_out(ClusterAddress(nodes=(node_of(server),)))
        async with asyncio.timeout(10.0):  # nodes hear of each other's replicas one by one
            while set((await discovery.look()).nodes) != set(map(node_of, cluster.nodes)):
                pass


async def test_a_silent_node_and_one_that_left_do_not_matter(
    find_out: Find, cluster: RedisCluster, start_redis: Start, silence: Silence
) -> None:
    alone = start_redis(config=["cluster-enabled yes"])
    alone.ask("CLUSTER SET-CONFIG-EPOCH 99")
    nodes = (node_of(alone), await silence.start(), node_of(cluster.nodes[1]))
    discovery = find_out(ClusterAddress(nodes=nodes))
    began = time.monotonic()
    told = await discovery.look()

    assert time.monotonic() - began < SOON
    assert set(told.primaries) == set(map(node_of, cluster.followers()))


async def test_a_cluster_without_slots_is_not_discovered(
    find_out: Find, start_redis: Start
) -> None:
    server = start_redis(config=["cluster-enabled yes"])

    with pytest.raises(Undiscovered, match="no slot of the cluster is assigned"):
        await find_out(ClusterAddress(nodes=(node_of(server),))).look()


async def test_connections_to_nodes_that_are_no_more_are_closed(
    find_out: Find, start_redis: Start, until: Until
) -> None:
    hasty = ["cluster-enabled yes", "cluster-node-timeout 500", "repl-diskless-sync-delay 0"]
    primary, replica = (start_redis(config=hasty) for _ in "ab")
    primary.ask("CLUSTER ADDSLOTSRANGE 0 16383")
    replica.ask(f"CLUSTER MEET 127.0.0.1 {primary.port}")
    known = primary.ask("CLUSTER MYID")
    await until(lambda: known in replica.ask("CLUSTER NODES"), 10.0)
    replica.ask(f"CLUSTER REPLICATE {known}")
    await until(lambda: "cluster_state:ok" in primary.ask("CLUSTER INFO"), 10.0)
    primary.ask("SET k v")  # a replica that has been told nothing is not told of
    discovery = find_out(ClusterAddress(nodes=(node_of(primary),)))
    await look_until(discovery, lambda: askers(replica) == 1)
    left = replica.ask("CLUSTER MYID")
    replica.ask("CLUSTER RESET")
    primary.ask(f"CLUSTER FORGET {left}")
    await look_until(discovery, lambda: askers(replica) == 0)

    assert askers(primary) == 1


async def look_until(discovery: Discovery, fact: Callable[[], bool]) -> None:
    async with asyncio.timeout(10.0):
        while not fact():
            await discovery.look()
            await asyncio.sleep(0.02)


def askers(server: RedisServer) -> int:
    return server.ask("CLIENT LIST").count("cmd=cluster")
