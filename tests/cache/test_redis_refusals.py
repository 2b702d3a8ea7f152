"""A real Redis that answers, but refuses: nobody notices, and it is used again once it is well."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

import pytest

from cache import Cache, CacheStats
from cache.entry import prefix
from cache.tier import Found, PutOutcome, Trouble
from dev_servers import RedisServer

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
Start = Callable[..., RedisServer]
Until = Callable[..., Awaitable[float]]

BACK: Final = 2.0
VALUE: Final = prefix(1, "subject").encode()


async def get(cache: Cache) -> Found:
    return await cache.get("k", cache.budget())


async def put(cache: Cache) -> PutOutcome:
    return await cache.put("k", VALUE, cache.budget())


@pytest.mark.parametrize("password", ["", ":wrong-secret@"])
async def test_a_wrong_password_is_told_to_the_log_once_and_never_shown(
    start_redis: Start,
    open_at: Open,
    until: Until,
    password: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "tally.cache")
    server = start_redis(password="right-secret")
    url = f"redis://{password}127.0.0.1:{server.port}/0"
    cache, stats = await open_at(url, in_use=False)
    await until(lambda: stats.snapshot()["errors"]["auth"] > 0, 5.0)

    assert await get(cache) is Trouble.AWAY
    assert len(caplog.messages) == 1
    assert "redis" in caplog.text
    assert "it refuses our credentials" in caplog.text
    assert "-secret" not in caplog.text + repr(stats.snapshot())


async def test_a_read_only_replica_is_not_used_until_it_is_promoted(
    start_redis: Start, open_at: Open, until: Until
) -> None:
    server = start_redis()
    cache, stats = await open_at(server.url)
    server.ask("REPLICAOF 127.0.0.1 1")
    outcome = await put(cache)
    await until(lambda: not cache.state().enabled, 5.0)
    server.ask("REPLICAOF NO ONE")

    await until(lambda: cache.state().enabled, BACK)
    assert outcome is Trouble.READONLY
    assert set(errors(stats)) == {"readonly"}


async def test_a_full_server_is_not_used_until_it_has_room(
    start_redis: Start, open_at: Open, until: Until
) -> None:
    server = start_redis(config=["maxmemory-policy noeviction"])
    cache, stats = await open_at(server.url)
    server.ask("CONFIG SET maxmemory 1")
    outcome = await put(cache)
    await until(lambda: not cache.state().enabled, 5.0)
    server.ask("CONFIG SET maxmemory 0")

    await until(lambda: cache.state().enabled, BACK)
    assert outcome is Trouble.OOM
    assert set(errors(stats)) == {"oom"}


def errors(stats: CacheStats) -> dict[str, int]:
    counted: dict[str, int] = stats.snapshot()["errors"]
    return {kind: count for kind, count in counted.items() if count}
