"""A fleet is kept true to what is told of it, in the background, and nothing stays behind."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from cache.redis_layout import Layout, Shard
from cache.redis_lookout import is_news
from cache.redis_target import Node
from dev_servers import RedisServer, free_port
from kept_fleet import Kept
from patience import until_in_use
from redis_parts import clients, node_of, shared_by

Start = Callable[..., RedisServer]
Until = Callable[..., Awaitable[float]]

A, B = Node(host="a", port=1), Node(host="b", port=1)


LookAfter = Callable[..., Kept]


async def test_once_started_the_fleet_is_in_use(
    look_after: LookAfter, redis_server: RedisServer
) -> None:
    kept = look_after(shared_by(node_of(redis_server)))
    await kept.lookout.start()

    await until_in_use(kept.fleet)


async def test_the_past_is_not_adopted_while_anything_is_in_use(
    look_after: LookAfter, start_redis: Start, until: Until
) -> None:
    one, other = start_redis(), start_redis()
    kept = look_after(shared_by(node_of(one), epoch=2))
    await kept.lookout.start()
    kept.teller.told = shared_by(node_of(other), epoch=1)
    kept.lookout.wake()
    looks = len(kept.teller.looks)
    await until(lambda: len(kept.teller.looks) > looks, 2.0)
    await until(lambda: kept.teller.at_once == 0, 2.0)

    assert kept.fleet.layout.epoch == 2
    assert clients(other) == 0

    one.kill()
    await until(lambda: kept.fleet.layout.epoch == 1, 5.0)
    await until(lambda: kept.fleet.in_use, 2.0)


async def test_epochs_that_began_again_are_believed_after_a_while_though_all_is_in_use(
    look_after: LookAfter, start_redis: Start, until: Until
) -> None:
    one, other = start_redis(), start_redis()
    kept = look_after(shared_by(node_of(one), epoch=2))
    kept.teller.beat_seconds = 0.1
    await kept.lookout.start()
    await until(lambda: kept.fleet.in_use, 5.0)
    kept.teller.told = shared_by(node_of(other), epoch=1)
    seconds = await until(lambda: kept.fleet.layout.epoch == 1, 10.0)

    assert seconds > 2.0


async def test_begun_twice_it_looks_once(look_after: LookAfter, redis_server: RedisServer) -> None:
    kept = look_after(shared_by(node_of(redis_server)))
    await kept.lookout.start()
    looks = len(kept.teller.looks)
    await kept.lookout.start()

    assert len(kept.teller.looks) == looks == 1


async def test_a_thousand_wakes_are_one_look_soon(
    look_after: LookAfter, redis_server: RedisServer, until: Until
) -> None:
    kept = look_after(shared_by(node_of(redis_server)))
    await kept.start()
    began, first = time.monotonic(), len(kept.teller.looks)
    while time.monotonic() < began + 1.0:
        kept.lookout.wake()
        await asyncio.sleep(0.001)

    assert 2 <= len(kept.teller.looks) - first <= 4
    assert kept.teller.looks[first] - began < 0.5
    assert kept.teller.most_at_once == 1


async def test_one_wake_after_a_long_rest_is_heard_at_once(
    look_after: LookAfter, redis_server: RedisServer, until: Until
) -> None:
    kept = look_after(shared_by(node_of(redis_server)))
    await kept.start()
    looks, took = kept.teller.looks, list[float]()
    for _ in range(3):  # the machine may stall in one of them
        await asyncio.sleep(max(0.0, looks[-1] + 0.35 - time.monotonic()))
        count, woken_at = len(looks), time.monotonic()
        kept.lookout.wake()
        await until(lambda count=count: len(looks) > count, 2.0)
        took.append(looks[count] - woken_at)

    assert min(took) < 0.25


async def test_a_wake_during_a_look_leads_to_another(
    look_after: LookAfter, redis_server: RedisServer, until: Until
) -> None:
    kept = look_after(shared_by(node_of(redis_server)))
    await kept.start()
    kept.teller.talks.clear()
    kept.lookout.wake()
    await until(lambda: kept.teller.at_once == 1, 2.0)
    looks = len(kept.teller.looks)
    kept.lookout.wake()
    kept.teller.talks.set()

    await until(lambda: len(kept.teller.looks) > looks, 5.0)


async def test_nothing_is_looked_at_between_beats_while_all_is_well(
    look_after: LookAfter, redis_server: RedisServer
) -> None:
    kept = look_after(shared_by(node_of(redis_server)))
    await kept.start()
    looks = len(kept.teller.looks)
    await asyncio.sleep(1.2)

    assert len(kept.teller.looks) == looks


async def test_it_is_looked_at_again_while_a_server_is_away(
    look_after: LookAfter, until: Until
) -> None:
    kept = look_after(shared_by(Node(host="127.0.0.1", port=free_port())))
    await kept.lookout.start()

    assert await until(lambda: len(kept.teller.looks) >= 3, 5.0) < 4.0


async def test_where_nobody_talks_the_start_is_short_and_the_stop_too(
    look_after: LookAfter,
) -> None:
    kept = look_after(shared_by(A))
    kept.teller.talks.clear()
    began = time.monotonic()
    await kept.lookout.start()
    started = time.monotonic()
    await kept.stop()

    assert started - began < 1.0
    assert time.monotonic() - started < 1.0
    assert kept.teller.closed


async def test_a_look_that_takes_too_long_is_given_up(look_after: LookAfter, until: Until) -> None:
    kept = look_after(shared_by(A), patience=0.05)
    kept.teller.talks.clear()
    await kept.lookout.start()
    await until(lambda: kept.stats.snapshot()["errors"]["timeout"] > 1, 5.0)

    assert kept.teller.most_at_once == 1


async def test_after_a_stop_it_can_start_again(
    look_after: LookAfter, redis_server: RedisServer
) -> None:
    kept = look_after(shared_by(node_of(redis_server)))
    for _ in range(2):
        await kept.lookout.start()
        await until_in_use(kept.fleet)
        await kept.stop()

    assert not kept.fleet.in_use


async def test_a_stop_without_a_start_is_harmless(look_after: LookAfter) -> None:
    await look_after(shared_by(A)).stop()


@pytest.mark.parametrize(
    ("epoch", "sound", "news"),
    [(3, True, True), (3, False, True), (2, True, True), (2, False, False), (1, True, False)],
)
def test_what_is_older_is_no_news_nor_is_an_equal_of_the_minority(
    epoch: int, sound: bool, news: bool
) -> None:
    told = Layout(shards=(Shard(primary=B),), epoch=epoch, sound=sound)

    assert is_news(told, Layout(shards=(Shard(primary=A),), epoch=2)) is news
