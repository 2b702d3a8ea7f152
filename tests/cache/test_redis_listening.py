"""Listening to a real Redis: what any process puts is heard, whole and in order, nothing else."""

import time
from collections.abc import Awaitable, Callable

import pytest

from cache import Cache, CacheStats
from cache.entry import prefix
from cache.tier import Kept, Stored
from dev_servers import RedisServer
from listening_ear import Ear
from put_alone import put_alone

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
Start = Callable[..., RedisServer]
Until = Callable[..., Awaitable[float]]


def value(version: int, body: bytes = b"") -> bytes:
    return prefix(version, "subject").encode() + body


@pytest.fixture
async def here(redis_server: RedisServer, open_at: Open) -> Cache:
    cache, _ = await open_at(redis_server.url)
    return cache


async def put(cache: Cache, what: bytes) -> object:
    return await put_alone(cache, "k", what)


async def test_what_another_one_puts_is_delivered_as_it_is_and_in_order(
    redis_server: RedisServer, here: Cache, open_at: Open, until: Until
) -> None:
    other, _ = await open_at(redis_server.url)
    ears = [await Ear.at(here), await Ear.at(other)]
    sent = [value(number, bytes(range(256))) for number in range(100)]
    for one in sent:
        assert await put(other, one) == Stored()

    await until(lambda: all(len(ear.values) >= 100 for ear in ears), 5.0)
    assert [ear.values for ear in ears] == [sent, sent]


async def test_what_is_refused_is_not_delivered(here: Cache, until: Until) -> None:
    ear = await Ear.at(here)
    outcomes = [await put(here, value(number)) for number in (8, 7, 8, 9)]

    await until(lambda: value(9) in ear.values, 5.0)
    assert outcomes == [Stored(), Kept(newer=value(8)), Kept(newer=None), Stored()]
    assert ear.values == [value(8), value(9)]


async def test_beats_are_not_delivered_and_an_idle_connection_proves_alive_each_second(
    here: Cache, until: Until
) -> None:
    ear = await Ear.at(here)
    began = time.monotonic()
    await until(lambda: time.monotonic() > began + 2.2, 5.0)
    await put(here, value(1))
    await until(lambda: bool(ear.values), 5.0)

    gaps = [after - before for before, after in zip(ear.signs, ear.signs[1:], strict=False)]
    assert ear.values == [value(1)]
    assert len(gaps) >= 3
    assert sorted(gaps)[len(gaps) // 2] < 0.9


async def test_a_burst_arrives_whole_and_in_order(
    redis_server: RedisServer, here: Cache, until: Until
) -> None:
    ear = await Ear.at(here)
    publish(redis_server, count=10_000, size=500)

    await until(lambda: len(ear.values) >= 10_000, 20.0)
    assert [int(one.split(b" ")[0]) for one in ear.values] == list(range(1, 10_001))


def publish(server: RedisServer, *, count: int, size: int) -> None:
    """All at once, so that none is sent before the last is there."""
    line = f"redis.call('publish', 'tally:changes', n .. ' ' .. string.rep('x', {size}))"
    server.ask(f'EVAL "for n = 1, {count} do {line} end return 1" 0')


async def test_requests_need_none_of_its_connections(
    redis_server: RedisServer, open_at: Open
) -> None:
    here, _ = await open_at(redis_server.url, max_connections=1)
    ears = [await Ear.at(here) for _ in range(3)]

    assert await put(here, value(1)) == Stored()
    assert await here.get("k", here.budget()) == value(1)
    assert not any(ear.ended for ear in ears)


async def test_a_user_without_a_right_to_the_channel_keeps_values_but_hears_nothing(
    start_redis: Start, open_at: Open, until: Until
) -> None:
    server = start_redis()
    server.ask("ACL SETUSER ann on >secret resetchannels ~tally:* ~k +@all")
    here, stats = await open_at(server.url.replace("://", "://ann:secret@"))
    ears = [Ear(here) for _ in range(10)]
    await until(lambda: all(ear.ended for ear in ears), 5.0)

    assert await put(here, value(1)) == Stored()
    assert await here.get("k", here.budget()) == value(1)
    assert stats.snapshot()["errors"]["auth"] == 10
    assert [ear.signs for ear in ears] == [[]] * 10
    assert here.state().enabled
