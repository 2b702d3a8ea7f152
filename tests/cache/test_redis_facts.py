"""What servers tell of themselves: seldom asked, unknown where hidden, held against nobody."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache import Cache, CacheStats
from cache.redis_facts import UNKNOWN, facts_of
from cache.redis_info import read_info
from dev_servers import RedisServer

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
Until = Callable[[Callable[[], bool], float], Awaitable[float]]

NO_INFO = "ACL SETUSER tally on >password ~tally:* &tally:changes +@all -info"


def test_the_fields_operators_ask_for_are_read_under_plain_names() -> None:
    info = read_info(
        b"# Server\r\nredis_version:7.0.15\r\nrole:master\r\nused_memory:1000\r\nmaxmemory:0\r\n"
        b"maxmemory_policy:allkeys-lru\r\nevicted_keys:3\r\nkeyspace_hits:3\r\nkeyspace_misses:1"
        b"\r\nconnected_clients:7\r\nmaxclients:10000\r\n"
    )

    assert facts_of(info) == {
        "engine": "redis",
        "version": "7.0.15",
        "role": "master",
        "used_memory_bytes": 1000,
        "maxmemory_bytes": 0,
        "maxmemory_policy": "allkeys-lru",
        "evicted_keys": 3,
        "keyspace_hits": 3,
        "keyspace_misses": 1,
        "keyspace_hit_rate": 75.0,
        "connected_clients": 7,
        "maxclients": 10000,
    }


def test_valkey_is_known_by_its_own_version() -> None:
    facts = facts_of({"redis_version": "7.2.4", "valkey_version": "9.0.0"})

    assert (facts["engine"], facts["version"]) == ("valkey", "9.0.0")


def test_of_a_server_that_tells_nothing_all_is_unknown() -> None:
    assert set(facts_of({}).values()) == {UNKNOWN}


@given(st.binary(max_size=200))
def test_whatever_a_server_says_is_read(raw: bytes) -> None:
    assert len(facts_of(read_info(raw + b"\nkeyspace_hits:" + raw))) == 12


async def test_each_server_tells_when_somebody_asks(
    open_at: Open, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cache.redis_facts._PATIENCE_SECONDS", 5.0)
    _, stats = await open_at(redis_server.url)
    before = stats.snapshot()["server_facts"]
    (facts,) = (await stats.survey())["server_facts"].values()

    assert [set(told.values()) for told in before.values()] == [{UNKNOWN}]
    assert facts["role"] == "master"
    assert facts["used_memory_bytes"] > 100_000
    assert facts["maxclients"] > 0
    assert facts["engine"] in ("redis", "valkey")
    assert list(before) == list(stats.snapshot()["servers"])


async def test_nobody_is_asked_again_within_ten_seconds(
    open_at: Open, redis_server: RedisServer
) -> None:
    redis_server.ask("CONFIG RESETSTAT")
    _, stats = await open_at(redis_server.url)
    for _ in range(5):
        await stats.survey()

    assert "cmdstat_info:calls=1," in redis_server.ask("INFO commandstats")


async def test_polls_never_ask(open_at: Open, redis_server: RedisServer) -> None:
    redis_server.ask("CONFIG RESETSTAT")
    cache, stats = await open_at(redis_server.url)
    await cache.get("k", cache.budget())
    stats.snapshot()
    stats.beat()

    assert "cmdstat_info" not in redis_server.ask("INFO commandstats")


async def test_a_server_that_hides_it_is_in_use_all_the_same(
    open_at: Open, redis_server: RedisServer
) -> None:
    redis_server.ask(NO_INFO)
    try:
        url = redis_server.url.replace("://", "://tally:password@")
        _, stats = await open_at(url)
        numbers = await stats.survey()
    finally:
        redis_server.ask("ACL DELUSER tally")
    (facts,) = numbers["server_facts"].values()

    assert set(facts.values()) == {UNKNOWN}
    assert not any(numbers["errors"].values())
    assert numbers["redis_enabled"]


async def test_a_frozen_server_keeps_nobody_waiting(
    open_at: Open, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cache.redis_facts._ASK_SECONDS", 60.0)
    _, stats = await open_at(redis_server.url, budget_seconds=60.0, socket_timeout=60.0)
    redis_server.freeze()
    try:
        async with asyncio.timeout(20.0):
            numbers = await stats.survey()
    finally:
        redis_server.thaw()

    assert [set(told.values()) for told in numbers["server_facts"].values()] == [{UNKNOWN}]


async def test_what_was_told_last_stands_while_a_server_does_not_answer(
    open_at: Open, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cache.redis_facts._FRESH_SECONDS", 0.0)
    _, stats = await open_at(redis_server.url)
    before = (await stats.survey())["server_facts"]
    redis_server.freeze()
    asked_again = [(await stats.survey())["server_facts"] for _ in range(15)]
    redis_server.thaw()

    assert asked_again == [before] * 15


async def test_a_server_that_did_not_answer_is_asked_again_soon(
    open_at: Open, redis_server: RedisServer, until: Until
) -> None:
    cache, stats = await open_at(redis_server.url)
    redis_server.freeze()
    await stats.survey()
    await until(lambda: not cache.state().enabled, 10.0)
    redis_server.thaw()
    await until(lambda: cache.state().enabled, 10.0)
    async with asyncio.timeout(5.0):
        while UNKNOWN in await roles(stats):  # noqa: ASYNC110 - each look may ask
            await asyncio.sleep(0.05)


async def roles(stats: CacheStats) -> list[str]:
    return [told["role"] for told in (await stats.survey())["server_facts"].values()]


@pytest.mark.parametrize("said", ["-5", "1e3", "", "x", "9" * 30, "٣"])
def test_what_is_no_count_is_unknown(said: str) -> None:
    assert facts_of({"maxclients": said})["maxclients"] == UNKNOWN
