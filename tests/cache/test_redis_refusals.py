"""A real Redis that answers, but refuses: nobody notices, and it is used again once it is well."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import pytest

from cache import Cache, CacheStats
from cache.entry import prefix
from cache.tier import Found, PutOutcome, Stored, Trouble
from dev_servers import RedisServer
from put_alone import put_alone

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
Start = Callable[..., RedisServer]
Until = Callable[..., Awaitable[float]]

BACK: Final = 2.0
VALUE: Final = prefix(1, "subject").encode()


async def get(cache: Cache) -> Found:
    return await cache.get("k", cache.budget())


async def put(cache: Cache) -> PutOutcome:
    return await put_alone(cache, "k", VALUE)


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


async def test_a_replica_without_its_primary_is_not_used_until_it_is_promoted(
    start_redis: Start, open_at: Open, until: Until
) -> None:
    server = start_redis(config=["replica-serve-stale-data no"])
    cache, stats = await open_at(server.url)
    server.ask("REPLICAOF 127.0.0.1 1")
    outcome = await get(cache)
    await until(lambda: not cache.state().enabled, 5.0)
    server.ask("REPLICAOF NO ONE")

    await until(lambda: cache.state().enabled, BACK)
    assert outcome is Trouble.MASTERDOWN
    assert set(errors(stats)) <= {"masterdown", "readonly"}


async def test_a_server_that_cannot_save_is_not_used_until_it_can(
    start_redis: Start, open_at: Open, until: Until
) -> None:
    server = start_redis(config=["save 3600 1000000", "stop-writes-on-bgsave-error yes"])
    cache, stats = await open_at(server.url)
    in_the_way = server.folder / "dump.rdb"
    in_the_way.mkdir()
    server.ask("BGSAVE")
    await until(lambda: saved(server) == "err", 5.0)
    outcome = await put(cache)
    await until(lambda: not cache.state().enabled, 5.0)
    in_the_way.rmdir()
    server.ask("BGSAVE")
    await until(lambda: saved(server) == "ok", 5.0)

    await until(lambda: cache.state().enabled, BACK)
    assert outcome is Trouble.MISCONF
    assert set(errors(stats)) == {"misconf"}


def saved(server: RedisServer) -> str:
    return server.ask("INFO persistence").partition("rdb_last_bgsave_status:")[2].split()[0]


async def test_a_server_busy_with_a_script_is_not_used_until_that_is_killed(
    start_redis: Start, open_at: Open, until: Until
) -> None:
    server = start_redis(config=["busy-reply-threshold 10"])
    cache, stats = await open_at(server.url)
    with suppress(TimeoutError):
        server.ask("EVAL 'while true do end' 0")  # waits a second
    outcome = await get(cache)
    await until(lambda: not cache.state().enabled, 5.0)
    server.ask("SCRIPT KILL")

    await until(lambda: cache.state().enabled, BACK)
    assert outcome is Trouble.SCRIPT
    assert set(errors(stats)) <= {"script", "timeout"}


async def test_a_server_that_loads_its_data_is_not_used_until_it_has(
    start_redis: Start, open_at: Open, until: Until
) -> None:
    config = ["enable-debug-command yes", "loading-process-events-interval-bytes 1024"]
    server = start_redis(config=config)
    server.ask("DEBUG POPULATE 10000")
    cache, stats = await open_at(server.url)
    server.ask("CONFIG SET key-load-delay 200")  # microseconds: two seconds and more in all
    with suppress(TimeoutError):
        await asyncio.to_thread(server.ask, "DEBUG RELOAD")  # gives up after a second
    await until(lambda: not cache.state().enabled, 5.0)

    await until(lambda: cache.state().enabled, 20.0)
    assert errors(stats)["loading"] > 0
    assert set(errors(stats)) <= {"loading", "timeout"}


async def test_a_server_with_too_many_clients_is_used_once_some_are_gone(
    start_redis: Start, open_at: Open, until: Until
) -> None:
    server = start_redis(config=["maxclients 3"])
    others = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(3)]
    cache, stats = await open_at(server.url, in_use=False, max_connections=2)
    await until(lambda: errors(stats).get("maxclients", 0) > 0, 10.0)
    for other in others:
        other.close()

    await until(lambda: cache.state().enabled, BACK)
    assert set(errors(stats)) <= {"maxclients", "connection"}  # its words may be lost on the way


async def test_an_account_without_a_right_to_write_is_not_used(
    start_redis: Start, open_at: Open, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    server = start_redis()
    server.ask("ACL SETUSER ann on >secret ~* +@all -@write")
    cache, stats = await open_at(server.url.replace("://", "://ann:secret@"), in_use=False)
    await until(lambda: errors(stats).get("auth", 0) > 0, 5.0)

    assert not cache.state().enabled
    assert "it refuses our credentials or their rights" in caplog.text
    assert set(errors(stats)) == {"auth"}


async def test_a_server_that_forgets_our_script_all_the_time_makes_no_errors(
    start_redis: Start, open_at: Open
) -> None:
    server = start_redis()
    cache, stats = await open_at(server.url)
    for version in range(1, 20):
        server.ask("SCRIPT FLUSH")
        value = prefix(version, "subject").encode()
        assert await put_alone(cache, "k", value) == Stored()

    assert errors(stats) == {}


def errors(stats: CacheStats) -> dict[str, int]:
    counted: dict[str, int] = stats.snapshot()["errors"]
    return {kind: count for kind, count in counted.items() if count}
