"""The servers of the present layout: they come, go and are renewed, and requests notice nothing."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from cache.redis_fleet import Fleet
from cache.redis_layout import Layout, Shard
from cache.redis_target import Node
from cache.tier import Budget
from dev_servers import RedisServer, free_port
from patience import STARTED_SECONDS, until_in_use
from redis_parts import Opened, Stopped, clients, node_of, shared_by

Start = Callable[..., RedisServer]
Until = Callable[..., Awaitable[float]]


@pytest.fixture
async def fleet(stopped: Stopped) -> Fleet:
    return stopped(Opened().fleet())


def holder(fleet: Fleet, key: str) -> str | None:
    part = fleet.part(key)
    return str(part.primary.address) if part else None


async def test_nobody_holds_anything_before_a_layout_is_known(fleet: Fleet) -> None:
    assert fleet.part("k") is None
    assert (fleet.in_use, fleet.whole, fleet.states()) == (False, False, {})
    assert fleet.ear() is None


async def test_each_key_belongs_to_the_holder_of_its_slot(
    fleet: Fleet, start_redis: Start, until: Until
) -> None:
    one, other = start_redis(), start_redis()
    await fleet.adopt(shared_by(node_of(one), node_of(other)))
    await until(lambda: fleet.whole, STARTED_SECONDS)

    assert holder(fleet, "foo") == f"redis://127.0.0.1:{other.port}/0"
    assert holder(fleet, "bar") == f"redis://127.0.0.1:{one.port}/0"
    assert set(fleet.states().values()) == {True}


async def test_a_slot_that_nobody_holds_is_nobodys(fleet: Fleet, redis_server: RedisServer) -> None:
    shard = Shard(primary=node_of(redis_server), slots=(range(8192),))
    await fleet.adopt(Layout(shards=(shard,)))

    assert holder(fleet, "foo") is None
    assert holder(fleet, "bar") is not None


async def test_twenty_changes_leave_no_connection_and_no_task(
    fleet: Fleet, start_redis: Start, until: Until
) -> None:
    one, other = start_redis(), start_redis()
    for epoch in range(20):
        await fleet.adopt(shared_by(node_of((one, other)[epoch % 2]), epoch=epoch))
    used = Opened().fleet()
    await used.adopt(shared_by(node_of(other)))
    await used.stop()
    await until(lambda: clients(one) == 0, 5.0)

    assert 0 < clients(other) <= 4
    assert fleet.part("k") is not None


async def test_who_leaves_may_still_answer_what_it_was_asked(
    fleet: Fleet, start_redis: Start
) -> None:
    one, other = start_redis(), start_redis()
    one.ask("SET k v")
    await fleet.adopt(shared_by(node_of(one)))
    await until_in_use(fleet)
    part = fleet.part("k")
    assert part is not None
    one.freeze()
    asked = asyncio.create_task(part.primary.get("k", Budget(1.0)))
    await asyncio.sleep(0)
    await fleet.adopt(shared_by(node_of(other)))
    one.thaw()

    assert await asked == b"v"


async def test_a_stop_does_not_wait_for_those_who_linger(
    fleet: Fleet, start_redis: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cache.redis_fleet._LINGER_SECONDS", 10.0)
    one, other = start_redis(), start_redis()
    for server in (one, other):
        await fleet.adopt(shared_by(node_of(server)))
    async with asyncio.timeout(5.0):
        await fleet.stop()

    assert (clients(one), clients(other)) == (0, 0)


async def test_a_layout_with_nobody_there_is_adopted_soon(stopped: Stopped) -> None:
    silent = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    fleet = stopped(Opened().fleet())
    nodes = [Node(host="127.0.0.1", port=port), Node(host="127.0.0.1", port=free_port())]
    async with asyncio.timeout(5.0):
        await fleet.adopt(shared_by(*nodes))
    async with asyncio.timeout(5.0):
        await fleet.stop()
    silent.close()

    assert not fleet.in_use


async def test_replicas_are_used_only_where_they_are_wanted(
    stopped: Stopped, start_redis: Start, until: Until
) -> None:
    primary = start_redis(config=["repl-diskless-sync-delay 0"])
    replica = start_redis(config=[f"replicaof 127.0.0.1 {primary.port}"])
    await until(lambda: "master_link_status:up" in replica.ask("INFO replication"), 10.0)
    away = Node(host="127.0.0.1", port=free_port())
    shard = Shard(primary=node_of(primary), replicas=(away, node_of(replica)))
    without, with_them = stopped(Opened().fleet()), stopped(Opened().fleet(replicas=True))
    for fleet in (without, with_them):
        await fleet.adopt(Layout(shards=(shard,)))
    there = [node for node in with_them.nodes if node.address.port != away.port]
    await until_in_use(*without.nodes, *there)
    part, other = without.part("k"), with_them.part("k")
    assert part is not None
    assert other is not None

    assert part.reader is part.primary
    assert {other.reader.address.port for _ in range(20)} == {replica.port}
    assert without.whole
    assert not with_them.whole

    replica.stop()
    await until(lambda: other.reader is other.primary, 5.0)
