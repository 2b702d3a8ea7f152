"""One server of several: how it is proven well, and what it is asked."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from cache import Cache, CacheStats
from cache.entry import prefix
from cache.redis_layout import slot_of
from cache.redis_node import RedisNode
from cache.redis_target import Node
from cache.tier import Budget, Kept, Put, Stored, Trouble
from dev_servers import RedisCluster, RedisServer, free_port
from patience import until_in_use
from redis_parts import LIMITS, Opened, Stopped, begun_since, clients, node_of

Start = Callable[..., RedisServer]
Until = Callable[..., Awaitable[float]]
Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
Keep = Callable[[RedisNode], Awaitable[RedisNode]]

VALUE = prefix(1, "subject").encode()
A_PUT = Put(key="k", value=VALUE, seconds=9.0)


@pytest.fixture
def keep(stopped: Stopped) -> Keep:
    """Starts nodes, which are in use then, and stopped after the test."""

    async def start(node: RedisNode) -> RedisNode:
        await stopped(node).start()
        await until_in_use(node)
        return node

    return start


async def test_a_primary_keeps_gives_and_is_closed(keep: Keep, redis_server: RedisServer) -> None:
    node = await keep(Opened().node(node_of(redis_server)))
    puts = await node.put_many([A_PUT, A_PUT], Budget(1.0))

    assert puts == [Stored(), Kept(newer=None)]
    assert await node.get("k", Budget(1.0)) == VALUE
    assert await node.get_many(["k", "none"], Budget(1.0)) == [VALUE, None]
    assert 0 < clients(redis_server) <= LIMITS.max_connections

    await node.stop()
    assert not node.in_use
    assert await node.get("k", Budget(1.0)) is Trouble.AWAY
    assert clients(redis_server) == 0


@pytest.mark.parametrize("given_up_after", [0, 1, 2, 5, 20])
async def test_a_start_that_is_given_up_leaves_nothing_behind(
    keep: Keep, given_up_after: int
) -> None:
    before = asyncio.all_tasks()
    node = Opened().node(Node(host="127.0.0.1", port=free_port()))
    starting = asyncio.create_task(node.start())
    for _ in range(given_up_after):
        await asyncio.sleep(0)
    starting.cancel()
    await asyncio.wait({starting})
    await node.stop()

    assert begun_since(before) == []


async def test_the_beat_of_a_primary_writes_into_slots_that_it_holds(
    keep: Keep, cluster: RedisCluster
) -> None:
    opened = Opened(cluster=True)
    server, other = cluster.nodes[:2]
    node = opened.node(node_of(server))
    node.holds((range(4000, 5000),))
    await keep(node)
    (key,) = server.ask("KEYS *").splitlines()

    assert node.in_use
    assert 4000 <= slot_of(key) < 5000
    assert 0 < int(server.ask(f"TTL {key}")) <= 10
    assert other.ask("KEYS *") == ""


async def test_a_beat_that_is_told_of_another_holder_proves_the_server_well(
    keep: Keep, cluster: RedisCluster
) -> None:
    opened = Opened(cluster=True)
    node = opened.node(node_of(cluster.nodes[0]))
    node.holds((range(16383, 16384),))
    await keep(node)

    assert node.in_use
    assert opened.stats.snapshot()["errors"]["cluster"] == 0


async def test_slots_that_change_elsewhere_leave_the_beat_as_it_is(
    keep: Keep, redis_server: RedisServer, until: Until
) -> None:
    node = Opened().node(node_of(redis_server))
    await keep(node)
    keys = redis_server.ask("KEYS *")
    node.holds((range(8192), range(8192, 16384)))
    node.holds(())
    redis_server.ask("FLUSHALL")
    await until(lambda: redis_server.ask("KEYS *") != "", 3.0)

    assert redis_server.ask("KEYS *") == keys


async def test_finding_a_key_for_a_single_slot_does_not_hold_up_the_loop() -> None:
    node = Opened(cluster=True).node(Node(host="h", port=1))
    began = time.process_time()
    for slot in range(0, 16384, 4096):
        node.holds((range(slot, slot + 1),))

    assert time.process_time() - began < 4 * 0.5


async def test_a_replica_of_a_cluster_answers_gets_and_is_never_written_to(
    keep: Keep, cluster: RedisCluster, until: Until
) -> None:
    primary, replica = cluster.nodes[0], cluster.nodes[3]
    key = next(key for key in map(str, range(99)) if slot_of(key) < 5000)
    primary.ask(f"SET {key} v")
    await until(lambda: key in replica.ask("KEYS *"), 5.0)
    replica.ask("CONFIG RESETSTAT")
    node = await keep(Opened(cluster=True).node(node_of(replica), replica=True))
    node.holds((range(5000),))
    told = await node.get(key, Budget(1.0)), await node.get_many([key], Budget(1.0))

    assert told == (b"v", [b"v"])
    assert "evalsha" not in replica.ask("INFO commandstats")


async def test_a_replica_that_lost_its_primary_and_may_not_answer_is_not_in_use(
    stopped: Stopped, start_redis: Start, until: Until
) -> None:
    replica = start_redis(config=["replica-serve-stale-data no"])
    replica.ask(f"REPLICAOF 127.0.0.1 {free_port()}")
    opened = Opened()
    node = stopped(opened.node(node_of(replica), replica=True))
    await node.start()
    await until(lambda: opened.stats.snapshot()["errors"]["masterdown"] > 1, 5.0)

    assert not node.in_use


async def test_a_listener_hears_what_others_put(
    keep: Keep, redis_server: RedisServer, until: Until
) -> None:
    node = await keep(Opened().node(node_of(redis_server)))
    delivered, heard = list[bytes](), list[None]()
    listening = asyncio.create_task(node.listen(delivered.append, lambda: heard.append(None)))
    await until(lambda: bool(heard), 5.0)
    await node.put_many([A_PUT], Budget(1.0))
    await until(lambda: delivered == [VALUE], 5.0)
    await node.stop()
    await asyncio.wait_for(listening, 5.0)

    assert clients(redis_server) == 0


async def test_every_node_of_a_cluster_tells_of_itself(
    open_at: Open, cluster: RedisCluster
) -> None:
    _, stats = await open_at(cluster.url)
    facts = (await stats.survey())["server_facts"]

    assert len(facts) == 3
    assert {told["role"] for told in facts.values()} == {"master"}
