"""One node of a real cluster, asked as if it were a single server: told, not suffered."""

from collections.abc import Awaitable, Callable

import pytest

from cache import Cache, CacheStats
from cache.entry import prefix
from cache.tier import Stored, Trouble
from dev_servers import RedisServer
from put_alone import put_alone

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
Start = Callable[..., RedisServer]
Until = Callable[..., Awaitable[float]]

CONFIG = ["cluster-enabled yes", "cluster-require-full-coverage no"]
VALUE = prefix(1, "subject").encode()


def well(*servers: RedisServer) -> bool:
    told = [server.ask("CLUSTER INFO") for server in servers]
    return all("cluster_state:ok" in one and "cluster_slots_assigned:16384" in one for one in told)


async def test_a_node_that_holds_no_slot_is_not_used(
    start_redis: Start, open_at: Open, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    server = start_redis(config=CONFIG)
    cache, stats = await open_at(server.url, in_use=False)
    await until(lambda: stats.snapshot()["errors"]["cluster"] > 1, 5.0)

    assert await cache.get("k", cache.budget()) is Trouble.AWAY
    assert "its cluster is incomplete: some slots have no primary" in caplog.text


async def test_a_node_that_holds_every_slot_is_as_good_as_a_single_server(
    start_redis: Start, open_at: Open, until: Until
) -> None:
    server = start_redis(config=CONFIG)
    server.ask("CLUSTER ADDSLOTSRANGE 0 16383")
    await until(lambda: well(server), 10.0)
    cache, stats = await open_at(server.url)
    first = await put_alone(cache, "k", VALUE)

    assert first == Stored()
    assert await cache.get("k", cache.budget()) == VALUE
    assert stats.snapshot()["errors"]["cluster"] == 0


async def test_what_another_node_holds_is_an_outcome_and_no_error(
    start_redis: Start, open_at: Open, until: Until
) -> None:
    one, other = start_redis(config=CONFIG), start_redis(config=CONFIG)
    one.ask("CLUSTER ADDSLOTSRANGE 0 8191")
    other.ask("CLUSTER ADDSLOTSRANGE 8192 16383")
    one.ask(f"CLUSTER MEET 127.0.0.1 {other.port}")
    await until(lambda: well(one, other), 20.0)
    caches = [await open_at(server.url, in_use=False) for server in (one, other)]
    await until(lambda: all(known(cache, stats) for cache, stats in caches), 5.0)
    outcomes = {
        await cache.get(f"k{number}", cache.budget()) for cache, _ in caches for number in range(4)
    }

    assert outcomes <= {None, Trouble.CLUSTER, Trouble.AWAY}
    assert outcomes & {Trouble.CLUSTER, Trouble.AWAY}


def known(cache: Cache, stats: CacheStats) -> bool:
    """In use where the node happens to hold the beat's key, and refused where it does not."""
    return cache.state().enabled or stats.snapshot()["errors"]["cluster"] > 0
