"""The rights that docs/redis-urls.md gives to a user are enough; at one server, none too many."""

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from cache import Cache, CacheStats
from cache.entry import prefix
from cache.tier import Stored
from dev_servers import RedisCluster, RedisSentinels, RedisServer
from listening_ear import Ear
from put_alone import put_alone

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
Start = Callable[..., RedisServer]
Until = Callable[..., Awaitable[float]]

PAGE: Final = (Path(__file__).parent.parent.parent / "docs" / "redis-urls.md").read_text()
SECTION: Final = PAGE.partition("\n## Rights\n")[2].partition("\n## ")[0]
OF_REDIS, OF_SENTINEL = re.findall(r"^ACL SETUSER tally .+$", SECTION, re.MULTILINE)
(IN_A_CLUSTER,) = re.findall(r"^In a cluster .*?`(\+.+?)`", SECTION, re.MULTILINE)
FREE: Final = {"auth"}
"""What needs no right."""


@contextmanager
def users(servers: Sequence[RedisServer], line: str, more: str = "") -> Iterator[None]:
    """The page's user, as long as the block takes."""
    for server in servers:
        server.ask(f"{line} {more}")
    try:
        yield
    finally:
        for server in servers:
            server.ask("ACL DELUSER tally")


def of_the_user(url: str) -> str:
    return url.replace("://", "://tally:password@")


def used(server: RedisServer) -> set[str]:
    """What others than this test had the server do since it began, in scripts too."""
    commands = re.findall(r"^cmdstat_(\S+?):", server.ask("INFO commandstats"), re.MULTILINE)
    return {name for name in commands if not name.startswith(("acl|", "config|", "info"))}


def value(version: int) -> bytes:
    return prefix(version, "subject").encode()


async def put(cache: Cache, key: str, version: int) -> object:
    return await put_alone(cache, key, value(version))


def failed(stats: CacheStats) -> dict[str, int]:
    return {kind: count for kind, count in stats.snapshot()["errors"].items() if count}


async def test_at_one_server_the_user_may_all_that_is_done_and_nothing_that_is_not(
    start_redis: Start, open_at: Open, until: Until
) -> None:
    server = start_redis()
    with users([server], OF_REDIS):
        cache, stats = await open_at(of_the_user(server.url))
        ear = await Ear.at(cache)

        assert [await put(cache, "tally:k", version) for version in (1, 2)] == [Stored(), Stored()]
        assert await cache.get("tally:k", cache.budget()) == value(2)
        assert await cache.get_many(["tally:k", "tally:no"], cache.budget()) == [value(2), None]
        await put(cache, "tally:k", 1)
        await until(lambda: ear.values == [value(1), value(2)], 5.0)
        assert failed(stats) == {}

        server.ask("CONFIG SET maxmemory 1")  # the script forgets what it cannot replace
        await put(cache, "tally:k", 3)
        await until(lambda: "del" in used(server), 5.0)
        assert used(server) - FREE == {*re.findall(r"\+(\S+)", OF_REDIS)}


async def test_a_database_other_than_0_takes_one_right_more(
    redis_server: RedisServer, open_at: Open
) -> None:
    assert "a database other than 0: `+select`" in SECTION
    with users([redis_server], OF_REDIS, "+select"):
        cache, stats = await open_at(of_the_user(redis_server.url.replace("/0", "/1")))

        assert await put(cache, "tally:k", 1) == Stored()
        assert failed(stats) == {}


@pytest.mark.parametrize("read", ["primary", "replica"])
async def test_behind_sentinels_the_two_users_may_all_that_is_done(
    sentinels: RedisSentinels, open_at: Open, until: Until, read: str
) -> None:
    with users(sentinels.nodes, OF_REDIS), users(sentinels.sentinels, OF_SENTINEL):
        options = f"?sentinel_username=tally&sentinel_password=other&read={read}"
        cache, stats = await open_at(of_the_user(sentinels.url) + options)
        await until(lambda: all(cache.state().servers.values()), 5.0)
        ear = await Ear.at(cache)

        assert await put(cache, "tally:k", 1) == Stored()
        assert await cache.get("tally:k", cache.budget(), newest=True) == value(1)
        assert await cache.get_many(["tally:no"], cache.budget()) == [None]
        await until(lambda: ear.values == [value(1)], 5.0)
        assert failed(stats) == {}


@pytest.mark.parametrize("read", ["primary", "replica"])
async def test_in_a_cluster_whose_slots_move_the_user_may_all_that_is_done(
    cluster: RedisCluster, open_at: Open, until: Until, read: str
) -> None:
    keys = [f"tally:{number}" for number in range(20)]
    with users(cluster.nodes, OF_REDIS, IN_A_CLUSTER):
        cache, stats = await open_at(of_the_user(cluster.url) + f"?read={read}")
        await until(lambda: all(cache.state().servers.values()), 5.0)
        ear = await Ear.at(cache)

        assert [await put(cache, key, 1) for key in keys] == [Stored()] * 20
        assert await cache.get_many(keys, cache.budget(), newest=True) == [value(1)] * 20
        await until(lambda: len(ear.values) == 20, 5.0)
        with moving(cluster, keys[0]):
            assert await cache.get(keys[0], cache.budget(), newest=True) == value(1)
            assert await put(cache, keys[0], 2) == Stored()
        assert failed(stats) == {}


@contextmanager
def moving(cluster: RedisCluster, key: str) -> Iterator[None]:
    """The key is with the next holder of its slot already, the slot is not; in the end it stays."""
    slot = cluster.slot_of(key)
    source, *others = sorted(cluster.followers(), key=lambda it: it is not cluster.primary_of(slot))
    move = cluster.begin_move(slot, others[0])
    move.carry()
    try:
        yield
    finally:
        for node in (source, others[0]):
            node.ask("FLUSHALL")
            node.ask(f"CLUSTER SETSLOT {slot} STABLE")
