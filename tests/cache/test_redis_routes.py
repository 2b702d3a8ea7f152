"""Each key's command finds the server that holds it, also while slots move; budgets are kept."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from cache.entry import prefix
from cache.redis_layout import Layout, Shard, slot_of
from cache.redis_target import Node
from cache.tier import Budget, Stored, Trouble
from dev_servers import RedisCluster, RedisServer, free_port
from redis_parts import Opened, node_of, shared_by
from redis_way import KEYS, PATIENT, Way

Open = Callable[..., Awaitable[Way]]


async def test_where_the_layout_is_right_nobody_is_woken(open_way: Open, home: Layout) -> None:
    way = await open_way(home)

    assert [await way.get(key) for key in KEYS] == [key.encode() for key in KEYS]
    assert await way.get_many([*KEYS, "none", "k0"]) == [*(k.encode() for k in KEYS), None, b"k0"]
    assert (way.wakes, way.strays) == (0, 0)


async def test_a_silent_node_costs_only_its_own_keys_and_no_more_than_the_budget(
    open_way: Open, home: Layout, cluster: RedisCluster
) -> None:
    way = await open_way(home)
    frozen = cluster.nodes[0]
    lost = [slot_of(key) < 16384 // 3 for key in KEYS]
    budget = Budget(1.0)
    frozen.freeze()
    began = time.monotonic()
    outcomes = await way.routes.get_many(KEYS, budget, newest=False)
    took = time.monotonic() - began
    frozen.thaw()

    assert outcomes == [
        Trouble.TIMEOUT if away else key.encode() for key, away in zip(KEYS, lost, strict=True)
    ]
    assert took < 1.0 + 0.9
    assert budget.left == 0.0


async def test_a_batch_spends_what_its_slowest_server_took(open_way: Open, home: Layout) -> None:
    way = await open_way(home)
    budget = Budget(PATIENT)
    began = time.monotonic()
    await way.routes.get_many(KEYS, budget, newest=False)
    took = time.monotonic() - began

    assert PATIENT - took <= budget.left < PATIENT


async def test_where_no_budget_is_left_nobody_is_asked(open_way: Open, home: Layout) -> None:
    way = await open_way(home)

    assert await way.get("k0", 0.0) is Trouble.BUSY
    assert await way.get_many(KEYS, 0.0) == [Trouble.BUSY] * len(KEYS)
    assert await way.get_many([]) == []


async def test_while_nothing_is_known_nothing_is_asked() -> None:
    opened = Opened()
    way = Way(opened, opened.fleet())

    assert await way.get("k") is Trouble.AWAY
    assert await way.get_many(["k", "l"]) == [Trouble.AWAY] * 2
    assert await way.put("k", b"") is Trouble.AWAY
    await way.routes.listen(lambda _: None, lambda: None)


async def test_gets_are_answered_by_replicas_and_the_newest_by_primaries(
    open_way: Open, home: Layout, cluster: RedisCluster
) -> None:
    way = await open_way(home, replicas=True)
    for node in cluster.nodes:
        node.ask("CONFIG RESETSTAT")
    primaries, replicas = cluster.nodes[:3], cluster.nodes[3:]
    from_replicas = [await way.get(key) for key in KEYS]
    asked = gets(primaries), gets(replicas)
    from_primaries = [await way.get(key, newest=True) for key in KEYS]

    assert from_replicas == from_primaries == [key.encode() for key in KEYS]
    assert asked[0] < len(KEYS) <= asked[1]
    assert gets(primaries) >= len(KEYS)
    assert (way.wakes, way.strays) == (0, 0)


async def test_puts_go_to_primaries_also_where_gets_go_to_replicas(
    open_way: Open, home: Layout
) -> None:
    way = await open_way(home, replicas=True)
    value = prefix(1, "subject").encode()

    assert await way.put_many({f"new {key}": value for key in KEYS}) == [Stored()] * len(KEYS)
    assert (way.wakes, way.strays) == (0, 0)


def gets(servers: Sequence[RedisServer]) -> int:
    """Those of the beat are among them."""
    told = [server.facts("INFO commandstats").get("cmdstat_get", "calls=0") for server in servers]
    return sum(int(one.partition(",")[0].removeprefix("calls=")) for one in told)


async def test_without_a_replica_in_use_the_primary_is_read(
    open_way: Open, redis_server: RedisServer
) -> None:
    redis_server.ask("SET k v")
    nobody = Node(host="127.0.0.1", port=free_port())
    shard = Shard(primary=node_of(redis_server), replicas=(nobody,))
    way = await open_way(Layout(shards=(shard,)), replicas=True, cluster=False, away=1)

    assert await way.get("k") == b"v"


@pytest.fixture
async def begun() -> AsyncIterator[list[str]]:
    """The names of the cache's work that tasks were begun for."""
    loop, names = asyncio.get_running_loop(), list[str]()

    def note(loop: asyncio.AbstractEventLoop, work: Any, **more: Any) -> asyncio.Task[Any]:
        if Path(work.cr_code.co_filename).parent.name == "cache":
            names.append(work.__qualname__)
        return asyncio.Task(work, loop=loop, **more)

    loop.set_task_factory(note)
    yield names
    loop.set_task_factory(None)


async def test_a_request_to_one_server_costs_few_tasks(
    open_way: Open, redis_server: RedisServer, begun: list[str]
) -> None:
    way = await open_way(shared_by(node_of(redis_server)), cluster=False)

    async def fewest(ask: Callable[[], Awaitable[object]]) -> int:
        """Of several tries: a beat may fall into one of them."""
        counts = []
        for _ in range(5):
            begun.clear()
            await ask()
            counts.append(len(begun))
        return min(counts)

    assert await fewest(lambda: way.get("k")) == 1
    assert await fewest(lambda: way.get_many(KEYS)) == 1
