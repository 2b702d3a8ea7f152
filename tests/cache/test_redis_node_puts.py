"""Puts to one server: what fails of them, what goes on all the same, and what is counted."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Final

import pytest

from cache import CacheStats
from cache.entry import prefix
from cache.portions import MOST_BYTES
from cache.redis_node import RedisNode
from cache.tier import Budget, Kept, Put, Stored, Trouble
from dev_servers import RedisServer
from patience import seen, until_in_use
from redis_parts import Opened, Stopped, node_of

VALUE: Final = prefix(1, "subject").encode()
WAITS: Final = re.compile(r"id=(\d+) .* flags=b .* argv-mem=\d{6}")
"""A client that waits with a large command."""


def a_put(key: str, more: int = 0) -> Put:
    return Put(key=key, value=VALUE + bytes(more), seconds=9.0)


@pytest.fixture
def opened() -> Opened:
    return Opened()


@pytest.fixture
def stats(opened: Opened) -> CacheStats:
    return opened.stats


@pytest.fixture
async def node(opened: Opened, stopped: Stopped, redis_server: RedisServer) -> RedisNode:
    node = stopped(opened.node(node_of(redis_server)))
    await node.start()
    await until_in_use(node)
    return node


async def test_only_what_is_kept_counts_for_the_size_of_entries(
    node: RedisNode, stats: CacheStats
) -> None:
    strange = Put(key="l", value=b"no value of ours", seconds=9.0)
    outcomes = await node.put_many([a_put("k"), a_put("k", 999), strange], Budget(1.0))

    assert outcomes == [Stored(), Kept(newer=None), Trouble.OTHER]
    assert stats.snapshot()["entry"] == {"mean_bytes": len(VALUE), "samples": 1}


@pytest.fixture
async def writes_wait(node: RedisNode, redis_server: RedisServer) -> AsyncIterator[None]:
    """From now on the server answers nobody who writes, until it is told to."""
    redis_server.ask("CLIENT PAUSE 20000 WRITE")
    yield
    redis_server.ask("CLIENT UNPAUSE")


@pytest.mark.usefixtures("writes_wait")
async def test_a_portion_that_fails_as_a_whole_does_not_end_the_others(
    node: RedisNode, redis_server: RedisServer
) -> None:
    puts = [a_put(key, MOST_BYTES // 2 - len(VALUE)) for key in "abcdef"]
    putting = asyncio.create_task(node.put_many(puts, Budget(10.0)))
    waiting = await seen(lambda: WAITS.search(redis_server.ask("CLIENT LIST")), beat=0.01)
    assert waiting
    redis_server.ask(f"CLIENT KILL ID {waiting[1]}")
    redis_server.ask("CLIENT UNPAUSE")

    assert await putting == [*[Trouble.CONNECTION] * 2, *[Stored()] * 4]
    assert node.in_use
