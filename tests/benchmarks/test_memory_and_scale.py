"""What is told of memory, and of rates as jobs and pollers grow."""

from pathlib import Path

import pytest
from redis import Redis

from benchmarks import memory, redis_weight, scale
from benchmarks.contenders import tally
from benchmarks.serving import Running
from benchmarks.sizes import sizes
from benchmarks.wrk import Round
from dev_servers import RedisFlavour, RedisServer
from settings import Settings


def a_round(answers: int, p99_ms: float = 9.0) -> Round:
    return Round(answers=answers, seconds=2.0, p50_ms=1.0, p99_ms=p99_ms, bytes=0, errors=0)


def a_server(name: str) -> Running:
    return Running(contender=tally(name), port=0, parts=(), log=Path())


def test_memory_is_told_per_job_that_came_to_be_remembered() -> None:
    told = memory.told({"resident": 40_000, "reported": 36_000, "jobs": 10}, 20_480)

    assert told == {"documents": 2048.0, "resident": 4000.0, "reported": 3600.0}


def test_each_server_is_compared_with_its_own_first_step() -> None:
    told = scale.told(
        {
            "100": [a_round(100), a_round(10)],
            "2000": [a_round(80, 30.0), a_round(8, 30.0)],
            "hello world, 100": [a_round(50), a_round(5)],
            "hello world, 2000": [a_round(45), a_round(5)],
        }
    )

    assert told["2000"]["times_first"]["median"] == pytest.approx(0.8)
    assert told["2000"]["p99_ms"] == 30.0
    assert told["hello world, 2000"]["times_first"]["median"] == pytest.approx(0.95)


def test_the_fewest_jobs_are_asked_of_a_process_that_has_no_others() -> None:
    few, many, hello = (a_server(name) for name in ("few", "many", "hello"))

    asked = scale.steps(few, many, hello, [100, 1_000, 100_000])

    assert asked == [
        *((few, 100), (many, 1_000), (many, 100_000)),
        *((hello, 100), (hello, 100_000)),
    ]


def test_the_page_says_to_what_the_near_tiers_bounds_were_raised() -> None:
    counts = ("near_entries", "near_bytes", "bound_bytes", "resident_bytes", "reads")
    defaults = [Settings.model_fields[f"cache_near_max_{what}"].default for what in WHAT]

    page = scale.page({"jobs": {}, "pollers": {}, **dict.fromkeys(counts, 0)})

    assert "to 100,000 entries and\n384 MiB" in page
    assert "the defaults hold 10,000 entries and 64 MiB" in page
    assert defaults == [10_000, 64 * 2**20]


WHAT = ("entries", "bytes")


def test_an_entry_of_ours_weighs_no_more_than_its_header_on_top_of_the_bare_value(
    redis_flavour: RedisFlavour,
) -> None:
    lot = sizes(2000, 1024, 4096)
    with RedisServer(redis_flavour.binary) as server, Redis("127.0.0.1", server.port) as redis:
        bare = redis_weight.weigh(redis, lot, as_entries=False) / len(lot)
        ours = redis_weight.weigh(redis, lot, as_entries=True) / len(lot)

    assert sum(lot) / len(lot) < bare
    assert 0 < ours - bare < 150  # a header line of 96 bytes, and what the allocator rounds up
