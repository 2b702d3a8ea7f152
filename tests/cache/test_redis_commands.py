"""What is asked of a server, and what it says: a redirect and a foreign type are answers, too."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Final

import pytest
import redis.exceptions as driver_errors

from cache.entry import prefix
from cache.redis_commands import RedisCommands
from cache.redis_layout import slot_of
from cache.redis_trouble import Redirect
from cache.tier import Kept, Put, Stored
from dev_servers import RedisCluster, RedisServer, SlotMove
from redis_parts import driver_at, node_of

Speak = Callable[..., RedisCommands]

VALUE: Final = prefix(1, "subject").encode()
KEY: Final = "k0"


@pytest.fixture
async def speak() -> AsyncIterator[Speak]:
    """Commands for a server, whose connections are closed after the test."""
    drivers = []

    def speak_to(server: RedisServer, *, cluster: bool = True) -> RedisCommands:
        drivers.append(driver_at(server))
        return RedisCommands(drivers[-1], cluster=cluster)

    yield speak_to
    for driver in drivers:
        await driver.close()


@pytest.fixture
def holder(cluster: RedisCluster) -> RedisServer:
    return cluster.primary_of(slot_of(KEY))


@pytest.fixture
def other(cluster: RedisCluster, holder: RedisServer) -> RedisServer:
    return next(node for node in cluster.nodes[:3] if node is not holder)


async def put(commands: RedisCommands, *keys: str, asking: bool = False) -> object:
    puts = [Put(key=key, value=VALUE, seconds=9.0) for key in keys or [KEY]]
    told = await commands.put_many(puts, "", asking=asking)
    return told if keys else told[0]


async def test_who_does_not_hold_a_key_says_who_does(
    speak: Speak, holder: RedisServer, other: RedisServer
) -> None:
    commands = speak(other)
    moved = Redirect(node=node_of(holder), asking=False)

    assert await commands.get(KEY) == moved
    assert await commands.get_many([KEY, KEY]) == [moved, moved]
    assert await put(commands) == moved
    assert await put(commands, KEY, "k2", "{k0}2") == [moved, Stored(), moved]


async def test_to_who_knows_no_cluster_that_is_an_error(speak: Speak, other: RedisServer) -> None:
    with pytest.raises(driver_errors.ResponseError):
        await speak(other, cluster=False).get(KEY)


@pytest.fixture
def move(cluster: RedisCluster, holder: RedisServer, other: RedisServer) -> Iterator[SlotMove]:
    """A move of the key's slot that carried nothing yet; it is taken back after the test."""
    move = cluster.begin_move(slot_of(KEY), other)
    yield move
    for node in (holder, other):
        node.ask(f"CLUSTER SETSLOT {slot_of(KEY)} STABLE")
    with suppress(Exception):
        other.ask("FLUSHALL")


async def test_who_has_lost_a_key_already_says_who_is_to_be_asked(
    speak: Speak, holder: RedisServer, other: RedisServer, move: SlotMove
) -> None:
    source, target = speak(holder), speak(other)
    asking = Redirect(node=node_of(other), asking=True)

    assert await source.get(KEY) == asking
    assert await put(source) == asking
    assert await target.get(KEY) == Redirect(node=node_of(holder), asking=False)
    assert await put(target, asking=True) == Stored()
    assert await target.get(KEY, asking=True) == VALUE
    assert await target.get_many([KEY, "{k0}none"], asking=True) == [VALUE, None]
    assert await source.get_many([KEY]) == [asking]


async def test_a_script_that_was_forgotten_is_told_while_asking_too(
    speak: Speak, other: RedisServer, move: SlotMove
) -> None:
    other.ask("SCRIPT FLUSH")

    assert await put(speak(other), asking=True) == Stored()
    other.ask("SCRIPT FLUSH")
    assert await put(speak(other), KEY, "{k0}2", "{k0}3", asking=True) == [
        Kept(newer=None),
        Stored(),
        Stored(),
    ]


async def test_a_foreign_type_is_told_where_the_server_tells_it(
    speak: Speak, holder: RedisServer
) -> None:
    holder.ask(f"RPUSH {KEY} a")
    commands = speak(holder)

    assert await commands.get(KEY) == b""
    assert await commands.get_many([KEY, "{k0}none"]) == [b"", None]


async def test_many_are_got_in_one_round_trip_from_a_single_server(
    speak: Speak, redis_server: RedisServer
) -> None:
    redis_server.ask("CONFIG RESETSTAT")
    redis_server.ask("MSET a 1 b 2")
    redis_server.ask("RPUSH list a")
    commands = speak(redis_server, cluster=False)

    assert await commands.get_many(["b", "none", "a", "list"]) == [b"2", None, b"1", None]
    assert await commands.get("list") == b""
    assert "cmdstat_mget:calls=1," in redis_server.ask("INFO commandstats")


async def test_what_goes_wrong_for_one_key_goes_wrong_for_all(
    speak: Speak, start_redis: Callable[..., RedisServer]
) -> None:
    alone = start_redis(config=["cluster-enabled yes"])

    with pytest.raises(Exception, match="Hash slot not served"):
        await speak(alone).get_many(["a", "b"])
