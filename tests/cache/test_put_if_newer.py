"""The script, on real servers: whatever the order, the newest stays, and garbage never blocks."""

import itertools
import random
from collections.abc import Awaitable, Callable
from typing import Final

import pytest

from cache import Cache, CacheStats
from cache.entry import Entry, decode, encode, key
from cache.tier import Kept, PutOutcome, Stored, Trouble
from dev_servers import RedisServer
from jobs import Document
from put_alone import put_alone

ID: Final = "job_" + "0" * 26
KEY: Final = key(ID)
Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]


def version(number: int, job_id: str = ID) -> bytes:
    body = b'{"version":%d}' % number
    document = Document(
        id=job_id, owner="a", version=number, done=False, gone=False, retry_after=1, body=body
    )
    return encode(document, 1.0)


@pytest.fixture
async def cache(redis_server: RedisServer, open_at: Open) -> Cache:
    opened, _ = await open_at(redis_server.url)
    return opened


async def put(cache: Cache, value: bytes) -> PutOutcome:
    return await put_alone(cache, KEY, value)


async def held(cache: Cache) -> int:
    raw = await cache.get(KEY, cache.budget())
    entry = decode(raw, ID) if isinstance(raw, bytes) else raw
    assert isinstance(entry, Entry)
    return entry.document.version


async def test_a_first_value_is_stored_for_its_lifetime(
    cache: Cache, redis_server: RedisServer
) -> None:
    assert await put(cache, version(1)) == Stored()
    assert 29_000 < int(redis_server.ask(f"PTTL {KEY}")) <= 30_000


async def test_in_every_order_of_four_versions_the_highest_stays(cache: Cache) -> None:
    for order in itertools.permutations([9, 10, 99, 100]):
        await put_alone(cache, KEY, version(1, "job_" + "1" * 26))  # of another job
        for number in order:
            await put(cache, version(number))

        assert await held(cache) == 100


async def test_in_random_orders_of_many_versions_the_highest_stays(cache: Cache) -> None:
    numbers = [random.Random(seed).randrange(10**18) for seed in range(100)]
    for number in numbers:
        await put(cache, version(number))

    assert await held(cache) == max(numbers)


async def test_an_older_value_is_refused_and_learns_the_newer_one(cache: Cache) -> None:
    await put(cache, version(8))

    assert await put(cache, version(7)) == Kept(newer=version(8))


async def test_the_same_version_again_leaves_the_value_and_its_lifetime_alone(
    cache: Cache, redis_server: RedisServer
) -> None:
    await put(cache, version(8))
    redis_server.ask(f"PEXPIRE {KEY} 5000")

    assert await put(cache, version(8)) == Kept(newer=None)
    assert int(redis_server.ask(f"PTTL {KEY}")) <= 5000


async def test_a_newer_value_begins_a_lifetime_of_its_own(
    cache: Cache, redis_server: RedisServer
) -> None:
    await put(cache, version(8))
    redis_server.ask(f"PEXPIRE {KEY} 5000")

    assert await put(cache, version(9)) == Stored()
    assert int(redis_server.ask(f"PTTL {KEY}")) > 5000


@pytest.mark.parametrize(
    "plant",
    [
        "SET {} ''",
        "SET {} garbage",
        "SET {} 99999",
        "SET {} 'tally/1 9999999999999999999'",
        "SET {} 'tally/1 99999999999999999999 " + ID + " '",
        "SETRANGE {} 100000 x",
        "LPUSH {} x",
        "HSET {} field x",
        "SADD {} x",
    ],
)
async def test_what_is_no_value_of_ours_is_overwritten(
    cache: Cache, redis_server: RedisServer, plant: str
) -> None:
    redis_server.ask(plant.format(KEY))

    assert await put(cache, version(1)) == Stored()
    assert await held(cache) == 1


async def test_another_jobs_value_is_overwritten_however_new_it_is(cache: Cache) -> None:
    await put_alone(cache, KEY, version(10**18, "job_" + "1" * 26))

    assert await put(cache, version(1)) == Stored()


async def test_a_newer_value_of_a_future_format_is_kept(
    cache: Cache, redis_server: RedisServer
) -> None:
    future = f"tally/2 {9:019d} {ID} whatever"
    redis_server.ask(f"SET {KEY} '{future}'")

    assert await put(cache, version(8)) == Kept(newer=future.encode())


async def test_a_value_that_is_not_ours_is_never_written(
    cache: Cache, redis_server: RedisServer
) -> None:
    assert await put(cache, b"garbage") is Trouble.OTHER
    assert redis_server.ask(f"EXISTS {KEY}") == "0"


async def test_a_server_that_forgot_the_script_is_told_it_again(
    cache: Cache, redis_server: RedisServer
) -> None:
    await put(cache, version(1))
    redis_server.ask("SCRIPT FLUSH")

    assert await put(cache, version(2)) == Stored()


async def test_a_value_that_finds_no_room_takes_the_older_one_with_it(
    start_redis: Callable[..., RedisServer], open_at: Open
) -> None:
    server = start_redis(config=["maxmemory-policy noeviction"])
    cache, _ = await open_at(server.url)
    await put(cache, version(1))
    server.ask("CONFIG SET maxmemory 1")

    assert await put(cache, version(2)) is Trouble.OOM
    assert server.ask(f"EXISTS {KEY}") == "0"
