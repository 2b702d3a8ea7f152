"""Opening the room: the right cache for what is there, also where the driver is not installed."""

import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

import cache
from cache import CacheStats, NoCache, RedisAddress, RedisCache, open_cache, remembering
from dev_servers import RedisServer
from example_jobs import a_job
from jobs import SqlJobs
from patience import STARTED_SECONDS, eventually

BACKEND: Final = Path(cache.__file__ or "").parents[1]

WITHOUT_REDIS: Final = """
import sys

class Uninstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("redis", "hiredis"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Uninstalled())

import asyncio
from cache import CacheStats, get_cache_stats, open_cache, parse_redis_url, publish

async def main():
    stats = CacheStats()
    cache = open_cache(parse_redis_url("redis://localhost:6379/0"), stats)
    publish(stats.snapshot)
    await cache.start()
    outcome = await cache.get("tally:job:x", cache.budget())
    await cache.stop()
    print(outcome, get_cache_stats()["redis_enabled"], get_cache_stats()["state"])

asyncio.run(main())
"""


def test_without_the_driver_everything_works_and_the_cache_is_away() -> None:
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT_REDIS],
        cwd=BACKEND,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (run.stdout, run.stderr) == ("away False redis-missing\n", "")


def test_an_address_gives_a_redis_cache_and_none_gives_none() -> None:
    stats = CacheStats()

    assert isinstance(open_cache(RedisAddress(), stats), RedisCache)
    assert stats.snapshot()["state"] == "redis-down"
    assert isinstance(open_cache(None, stats), NoCache)
    assert stats.snapshot()["state"] == "redis-off"


@pytest.mark.parametrize(
    "knob",
    [
        "ttl_seconds",
        "max_connections",
        "socket_connect_timeout",
        "socket_timeout",
        "budget_seconds",
    ],
)
def test_a_knob_that_is_given_wins_and_the_others_stay(knob: str) -> None:
    given: dict[str, Any] = {knob: 7}
    here = open_cache(RedisAddress(), CacheStats(), **given)
    plain = open_cache(RedisAddress(), CacheStats())
    effective = {"ttl_seconds": here.state().ttl_seconds, **here.state().limits}
    usual = {"ttl_seconds": plain.state().ttl_seconds, **plain.state().limits}

    assert effective == {**usual, knob: 7}


async def test_a_store_gets_a_memory_for_as_long_as_the_block_lasts(
    truth: SqlJobs, redis_server: RedisServer
) -> None:
    job = a_job()
    async with remembering(truth, RedisAddress(host="127.0.0.1", port=redis_server.port)) as store:
        await store.create(job)
        inside = await eventually(
            lambda: store.status(job.id, owner="default"),
            lambda answer: answer.hit,
            seconds=STARTED_SECONDS,
            beat=0.005,
        )
    outside = await store.status(job.id, owner="default")

    assert (inside.hit, outside.hit) == (True, False)
    assert inside.document == outside.document
