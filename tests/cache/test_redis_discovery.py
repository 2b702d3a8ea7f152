"""Who holds what is found out fast, whoever of those who are asked is dead, silent or wrong."""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from cache import Cache, CacheStats, ClusterAddress, SentinelAddress, parse_redis_url
from cache.redis_discovery import Discovery
from cache.redis_inquiry import Undiscovered
from cache.redis_target import Node, RedisAddress, RedisTarget
from dev_servers import RedisFlavour, RedisSentinels, RedisServer, free_port
from redis_parts import CONNECT_SECONDS, node_of
from silence import Silence
from told_sentinel import Told

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
Start = Callable[..., RedisServer]
Until = Callable[..., Awaitable[float]]
Find = Callable[[RedisTarget], Discovery]

SOON = 0.2 + 0.7
"""The others' time once one has told, and a busy machine's."""


@pytest.fixture
def sentinel_of(redis_flavour: RedisFlavour) -> Iterator[Callable[[RedisServer, int], Node]]:
    """Starts a Sentinel that knows a server as the primary of a certain epoch."""
    with ExitStack() as servers:

        def start(primary: RedisServer, epoch: int) -> Node:
            sentinel = Told(redis_flavour.binary, watched=primary, quorum=1)
            sentinel.epoch = epoch
            return node_of(servers.enter_context(sentinel))

        yield start


def sentinel_target(sentinels: RedisSentinels) -> SentinelAddress:
    target = parse_redis_url(sentinels.url)
    assert isinstance(target, SentinelAddress)
    return target


async def test_one_server_is_what_it_is_and_is_asked_nothing(find_out: Find) -> None:
    discovery = find_out(RedisAddress(host="nowhere.invalid", port=1))

    assert (await discovery.look()).primaries == (Node(host="nowhere.invalid", port=1),)
    assert discovery.beat_seconds is None


async def test_dead_silent_wrong_and_refusing_sentinels_do_not_matter(
    find_out: Find, start_redis: Start, sentinel_of: Callable[..., Node], silence: Silence
) -> None:
    primary, replaced = start_redis(), start_redis(password="unknown")
    dead = Node(host="127.0.0.1", port=free_port())
    right, lying = sentinel_of(primary, 2), sentinel_of(replaced, 1)
    sentinels = (dead, await silence.start(), lying, node_of(replaced), right)
    discovery = find_out(SentinelAddress(sentinels=sentinels, service="mymaster"))
    began = time.monotonic()
    told = await discovery.look()

    assert time.monotonic() - began < SOON
    assert (told.primaries, told.epoch) == ((node_of(primary),), 2)


async def test_replicas_are_asked_for_only_where_they_are_read(
    find_out: Find, sentinels: RedisSentinels
) -> None:
    target = sentinel_target(sentinels)
    without = await find_out(target).look()
    with_them = await find_out(replace(target, read="replica")).look()

    assert without.shards[0].replicas == ()
    assert set(with_them.shards[0].replicas) == set(map(node_of, sentinels.nodes[1:]))


async def test_where_all_are_silent_it_is_over_within_the_limit(
    find_out: Find, silence: Silence
) -> None:
    silent = await silence.start()
    for target in (
        SentinelAddress(sentinels=(silent,), service="s"),
        ClusterAddress(nodes=(silent,)),
    ):
        discovery = find_out(target)
        began = time.monotonic()
        with pytest.raises(Undiscovered):
            await discovery.look()

        assert time.monotonic() - began < CONNECT_SECONDS + SOON


async def test_a_silent_sentinel_does_not_pile_up_connections(
    find_out: Find,
    start_redis: Start,
    sentinel_of: Callable[..., Node],
    silence: Silence,
    until: Until,
) -> None:
    sentinels = (await silence.start(), sentinel_of(start_redis(), 1))
    discovery = find_out(SentinelAddress(sentinels=sentinels, service="mymaster"))
    for _ in range(5):
        await discovery.look()
    await until(lambda: silence.open == 0, 2.0)

    assert silence.most == 1


async def test_the_log_says_that_no_such_service_is_watched(
    start_redis: Start,
    sentinel_of: Callable[..., Node],
    open_at: Open,
    caplog: pytest.LogCaptureFixture,
) -> None:
    places = f"127.0.0.1:{free_port()},{sentinel_of(start_redis(), 1)}"
    cache, _ = await open_at(f"redis+sentinel://{places}/other", in_use=False)

    assert not cache.state().enabled
    assert "its Sentinels watch no service of that name; see REDIS_URL" in caplog.text
    assert len(caplog.records) == 1


async def test_the_log_says_what_is_no_sentinel_and_what_is_no_cluster(
    redis_server: RedisServer, open_at: Open, caplog: pytest.LogCaptureFixture
) -> None:
    await open_at(f"redis+sentinel://127.0.0.1:{redis_server.port}/s", in_use=False)
    await open_at(f"redis+cluster://127.0.0.1:{redis_server.port}", in_use=False)

    assert "those named as Sentinels are none; see REDIS_URL" in caplog.text
    assert "it is no cluster; see REDIS_URL" in caplog.text
