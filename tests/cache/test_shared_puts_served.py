"""Puts in company at real servers: one pipeline, an outcome for each, and nobody waits for long."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import pytest

from cache import Cache, CacheStats
from cache.entry import key, prefix
from cache.portions import MOST_BYTES
from cache.shared_puts import SharedPuts
from cache.tier import Budget, Kept, Put, PutOutcome, Stored, Trouble
from dev_servers import RedisServer
from jobs import new_id

Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]

CROWD: Final = 64
BUDGET: Final = 0.05
SLACK: Final = 0.1
"""Seconds granted to a machine that is busy with other things."""


def a_put(job_id: str | None = None, version: int = 1, body: bytes = b"") -> Put:
    job_id = job_id or new_id(1.0)
    return Put(key=key(job_id), value=prefix(version, job_id).encode() + body, seconds=30.0)


async def all_at_once(
    opened: tuple[Cache, CacheStats], offers: Sequence[Put]
) -> Sequence[PutOutcome]:
    puts, budget = SharedPuts(opened[0]), opened[0].budget
    return await asyncio.gather(*(puts.put(one, budget()) for one in offers))


def pipelines(stats: CacheStats) -> int:
    """Since the start; the beat's are not among them."""
    return int(stats.snapshot()["latency"]["redis_put"]["count"])


async def test_a_crowd_is_one_pipeline_in_which_what_is_newer_stays(
    opened: tuple[Cache, CacheStats], stats: CacheStats
) -> None:
    job_id = new_id(1.0)
    newest = a_put(job_id, 3)
    await opened[0].put_many([newest], opened[0].budget())
    refused = [a_put(job_id, 2), newest]
    outcomes = await all_at_once(opened, [*(a_put() for _ in range(CROWD)), *refused])

    assert outcomes == [Stored()] * CROWD + [Kept(newer=newest.value), Kept(newer=None)]
    assert pipelines(stats) == 2
    assert sum(stats.snapshot()["errors"].values()) == 0


async def test_a_script_that_was_forgotten_is_told_once_for_all(
    opened: tuple[Cache, CacheStats], redis_server: RedisServer
) -> None:
    redis_server.ask("CONFIG RESETSTAT")
    redis_server.ask("SCRIPT FLUSH")
    outcomes = await all_at_once(opened, [a_put() for _ in range(CROWD)])

    assert outcomes == [Stored()] * CROWD
    assert "cmdstat_eval:calls=1," in redis_server.ask("INFO commandstats")


async def test_what_is_heavy_travels_in_several(
    opened: tuple[Cache, CacheStats], stats: CacheStats
) -> None:
    body = bytes(MOST_BYTES // 4)
    outcomes = await all_at_once(opened, [a_put(body=body) for _ in range(9)])

    assert outcomes == [Stored()] * 9
    assert pipelines(stats) == 3


async def test_what_the_server_refuses_is_the_trouble_of_that_one(
    opened: tuple[Cache, CacheStats], stats: CacheStats
) -> None:
    strange = Put(key="k", value=b"no value of ours", seconds=1.0)
    outcomes = await all_at_once(opened, [a_put(), strange, a_put()])

    assert outcomes == [Stored(), Trouble.OTHER, Stored()]
    assert stats.snapshot()["errors"]["other"] == 1
    assert opened[0].state().enabled


async def test_who_leaves_harms_no_other(opened: tuple[Cache, CacheStats]) -> None:
    puts, cache = SharedPuts(opened[0]), opened[0]
    offers = [a_put() for _ in range(CROWD)]
    tasks = [asyncio.create_task(puts.put(one, cache.budget())) for one in offers]
    await asyncio.sleep(0)
    for task in tasks[::3]:
        task.cancel()
    told = await asyncio.gather(*tasks, return_exceptions=True)

    assert [isinstance(it, asyncio.CancelledError) for it in told] == [
        number % 3 == 0 for number in range(CROWD)
    ]
    assert all(it == Stored() for it in told[1::3] + told[2::3])


@pytest.mark.parametrize("spent", [0.0, 0.01], ids=["full", "spent a little"])
async def test_at_a_frozen_server_everybody_is_back_within_the_budget(
    redis_server: RedisServer, open_at: Open, spent: float
) -> None:
    cache, _ = await open_at(redis_server.url, budget_seconds=BUDGET)
    puts = SharedPuts(cache)

    async def timed(one: Put) -> tuple[PutOutcome, float]:
        began = time.monotonic()
        outcome = await puts.put(one, Budget(BUDGET - spent))
        return outcome, time.monotonic() - began

    redis_server.freeze()
    told = await asyncio.gather(*(timed(a_put()) for _ in range(3 * CROWD)))
    redis_server.thaw()

    assert {outcome for outcome, _ in told} <= {Trouble.TIMEOUT, Trouble.BUSY, Trouble.AWAY}
    assert max(took for _, took in told) <= BUDGET + SLACK
