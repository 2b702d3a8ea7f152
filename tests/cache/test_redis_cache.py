"""Redis as the cache, on real servers: its limits, its manners, and whose answer one gets."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import pytest

import cache.redis_cache
from cache import CACHE_TTL_SECONDS, Cache, CacheStats, RedisAddress, open_cache
from cache.entry import prefix
from cache.redis_cache import KNOBS
from cache.tier import Stored, Trouble
from dev_servers import RedisServer
from put_alone import put_alone

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
Start = Callable[..., RedisServer]
Until = Callable[..., Awaitable[float]]

VALUE: Final = prefix(1, "subject").encode()
SOURCE: Final = Path(cache.redis_cache.__file__ or "").read_text()


@pytest.mark.parametrize(
    "line",
    [
        "CACHE_TTL_SECONDS = 30",
        "    max_connections=10,",
        "    socket_connect_timeout=2,",
        "    socket_timeout=5,",
    ],
)
def test_the_guides_knobs_are_lines_a_person_can_edit(line: str) -> None:
    assert re.findall(f"^{re.escape(line)}$", SOURCE, re.MULTILINE) == [line]


async def test_the_knobs_are_in_force_as_read_back_from_the_driver() -> None:
    here = open_cache(RedisAddress(host="h"), CacheStats())

    assert dict(here.state().limits) == {
        "budget_seconds": KNOBS.budget_seconds,
        "max_connections": 10,
        "socket_connect_timeout": 2,
        "socket_timeout": 5,
        "listening_timeout": 2,
        "retries": 0,
    }
    assert here.state().ttl_seconds == CACHE_TTL_SECONDS == 30


async def test_a_setting_wins_over_the_knob_and_is_in_force(
    redis_server: RedisServer, open_at: Open
) -> None:
    here, _ = await open_at(
        redis_server.url,
        max_connections=3,
        socket_connect_timeout=1.5,
        socket_timeout=0.5,
        budget_seconds=0.5,
    )

    assert here.state().limits == {
        "budget_seconds": 0.5,
        "max_connections": 3,
        "socket_connect_timeout": 1.5,
        "socket_timeout": 0.5,
        "listening_timeout": 2,
        "retries": 0,
    }
    assert here.budget().left == 0.5


async def test_connections_are_opened_beforehand_and_never_more_than_allowed(
    redis_server: RedisServer, open_at: Open
) -> None:
    before = _connections(redis_server)
    here, _ = await open_at(redis_server.url, max_connections=4)

    assert _connections(redis_server) == before + 4
    await asyncio.gather(*(here.get("k", here.budget()) for _ in range(40)))
    assert _connections(redis_server) == before + 4


def _connections(server: RedisServer) -> int:
    """How many there are but for the one that asks."""
    found = re.search(r"connected_clients:(\d+)", server.ask("INFO clients"))
    assert found
    return int(found[1]) - 1


async def test_connecting_makes_no_errors_on_the_server(
    redis_server: RedisServer, open_at: Open
) -> None:
    redis_server.ask("CONFIG RESETSTAT")
    here, _ = await open_at(redis_server.url)
    await here.get("k", here.budget())

    kinds = set(re.findall(r"errorstat_(\w+)", redis_server.ask("INFO errorstats")))
    assert kinds <= {"NOSCRIPT"}  # the script is sent once, when the server asks for it


async def test_bytes_come_back_as_they_were(redis_server: RedisServer, open_at: Open) -> None:
    here, _ = await open_at(redis_server.url)
    value = VALUE + bytes(range(256)) * 8

    assert await here.get("k", here.budget()) is None
    assert await put_alone(here, "k", value) == Stored()
    assert await here.get("k", here.budget()) == value


async def test_a_value_of_another_type_is_found_empty_and_is_no_error(
    redis_server: RedisServer, open_at: Open
) -> None:
    redis_server.ask("LPUSH k x")
    here, stats = await open_at(redis_server.url)

    assert await here.get("k", here.budget()) == b""
    assert sum(stats.snapshot()["errors"].values()) == 0


async def test_nobody_gets_the_answer_of_a_command_that_was_abandoned(
    redis_server: RedisServer, open_at: Open, until: Until
) -> None:
    here, _ = await open_at(redis_server.url, budget_seconds=0.05)
    for number in range(20):
        redis_server.ask(f"SET k{number} {number}")
    for _ in range(5):
        redis_server.freeze()
        await asyncio.gather(*(here.get(f"k{n}", here.budget()) for n in range(4)))
        redis_server.thaw()  # late replies arrive now, on connections that must be closed

        answers = [await here.get(f"k{number}", here.budget()) for number in range(20)]

        wrong = [
            (number, answer)
            for number, answer in enumerate(answers)
            if isinstance(answer, bytes) and answer != b"%d" % number
        ]
        assert wrong == []
        await until(lambda: here.state().enabled, 5.0)


async def test_callers_who_are_cancelled_at_random_harm_nobody(
    redis_server: RedisServer, open_at: Open
) -> None:
    here, _ = await open_at(redis_server.url)
    for number in range(50):
        redis_server.ask(f"SET k{number} {number}")
    dice = random.Random(3)
    answers: list[tuple[int, object]] = []

    async def get(number: int) -> None:
        answers.append((number, await here.get(f"k{number}", here.budget())))

    async def call(number: int) -> None:
        task = asyncio.create_task(get(number))
        if dice.random() < 0.3:
            await asyncio.sleep(dice.random() * 0.002)
            task.cancel()
        await asyncio.wait({task})

    for _ in range(20):
        await asyncio.gather(*(call(dice.randrange(50)) for _ in range(50)))

    right = [answer for number, answer in answers if answer == b"%d" % number]
    others = {answer for number, answer in answers if answer != b"%d" % number}
    assert others <= {Trouble.BUSY}  # as this process is, where the machine is
    assert len(right) > 500


async def test_a_password_and_a_database_number_are_used(start_redis: Start, open_at: Open) -> None:
    server = start_redis(password="p@ss/word?#&")
    here, _ = await open_at(server.url.removesuffix("/0") + "/3")
    await put_alone(here, "k", VALUE)

    assert here.state().enabled
    assert "db3:keys=2" in server.ask("INFO keyspace")


async def test_a_unix_socket_is_a_way(start_redis: Start, open_at: Open, tmp_path: Path) -> None:
    place = tmp_path / "redis.sock"
    start_redis(config=[f"unixsocket {place}"])
    here, _ = await open_at(f"unix://{place}?db=2")

    assert await put_alone(here, "k", VALUE) == Stored()
