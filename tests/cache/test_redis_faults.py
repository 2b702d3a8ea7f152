"""What a real Redis can do to itself: no error reaches anybody, and it comes back by itself."""

import asyncio
import time
from collections.abc import Awaitable, Callable
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

BUDGET: Final = 0.05
SLACK: Final = 0.1
"""Seconds granted to a machine that is busy with other things; the promise itself is 0.025."""
BACK: Final = 2.0
VALUE: Final = prefix(1, "subject").encode()


async def get(cache: Cache) -> Found:
    return await cache.get("k", cache.budget())


async def put(cache: Cache) -> PutOutcome:
    return await put_alone(cache, "k", VALUE)


@pytest.fixture
async def here(redis_server: RedisServer, open_at: Open) -> Cache:
    """A cache in use, with the budget of production."""
    cache, _ = await open_at(redis_server.url, budget_seconds=BUDGET)
    return cache


async def test_absent_at_boot_it_is_used_once_it_is_there(
    redis_server: RedisServer, open_at: Open, until: Until
) -> None:
    redis_server.kill()
    cache, _ = await open_at(redis_server.url, in_use=False)
    outcomes = [await get(cache) for _ in range(50)]

    redis_server.start()

    await until(lambda: cache.state().enabled, BACK)
    assert outcomes == [Trouble.AWAY] * 50
    assert await put(cache) == Stored()


async def test_a_server_that_does_not_exist_is_a_way_to_switch_the_cache_off(
    open_at: Open, until: Until
) -> None:
    cache, stats = await open_at("redis://invalid:9999", in_use=False)
    await until(lambda: sum(stats.snapshot()["errors"].values()) > 1, 10.0)

    assert await get(cache) is Trouble.AWAY
    assert not cache.state().enabled


async def test_killed_and_started_again_it_is_used_again(
    redis_server: RedisServer, here: Cache, until: Until
) -> None:
    redis_server.kill()
    during = {await get(here) for _ in range(50)}
    redis_server.start()

    await until(lambda: here.state().enabled, BACK)
    assert during == {Trouble.CONNECTION, Trouble.AWAY}
    assert await get(here) is None


async def test_frozen_it_costs_five_budgets_and_then_nothing(
    redis_server: RedisServer, here: Cache, until: Until
) -> None:
    redis_server.freeze()
    slow = [await timed(here) for _ in range(5)]
    await until(lambda: not here.state().enabled, BACK)
    quick = [await timed(here) for _ in range(50)]
    redis_server.thaw()

    took = await until(lambda: here.state().enabled, BACK)
    assert sorted(slow)[2] <= BUDGET + SLACK
    assert max(slow) <= BUDGET + 1.0  # also where the machine stalls
    assert sorted(quick)[25] < 0.005
    assert took < BACK
    assert await get(here) is None


async def timed(cache: Cache) -> float:
    began = time.monotonic()
    assert await get(cache) in (Trouble.TIMEOUT, Trouble.AWAY, Trouble.BUSY)
    return time.monotonic() - began


async def test_its_silence_is_noticed_without_any_request(
    redis_server: RedisServer, here: Cache, until: Until
) -> None:
    redis_server.freeze()

    await until(lambda: not here.state().enabled, 3.0)  # 1.6 on a quiet machine


async def test_while_it_is_away_requests_never_touch_it(
    redis_server: RedisServer, here: Cache, until: Until
) -> None:
    redis_server.freeze()
    await until(lambda: not here.state().enabled, 5.0)
    outcomes = [await get(here) for _ in range(1000)] + [await put(here) for _ in range(1000)]

    assert outcomes == [Trouble.AWAY] * 2000


async def test_emptied_it_is_a_cache_without_memory(redis_server: RedisServer, here: Cache) -> None:
    await put(here)
    redis_server.ask("FLUSHALL")

    assert await get(here) is None
    assert await put(here) == Stored()


async def test_connections_cut_by_the_server_are_opened_anew(
    redis_server: RedisServer, here: Cache
) -> None:
    redis_server.ask("CLIENT KILL TYPE normal")
    outcomes = [await get(here) for _ in range(30)]

    assert outcomes[-1] is None
    assert here.state().enabled


async def test_a_crowd_of_our_own_gets_answers_or_is_told_so_and_never_an_error(
    redis_server: RedisServer, here: Cache, until: Until
) -> None:
    outcomes = await asyncio.gather(*(get(here) for _ in range(300)))

    assert set(outcomes) <= {None, Trouble.BUSY, Trouble.TIMEOUT, Trouble.AWAY}
    assert outcomes.count(None) >= 10
    await until(lambda: here.state().enabled, BACK)
    assert await get(here) is None


async def test_stopping_with_a_frozen_server_does_not_hang(
    redis_server: RedisServer, here: Cache
) -> None:
    redis_server.freeze()
    asking = asyncio.create_task(get(here))
    await asyncio.sleep(0)

    await asyncio.wait_for(here.stop(), 3.0)
    assert await asking in (Trouble.TIMEOUT, Trouble.BUSY)
