"""The cache's numbers, as the deployment guide names them."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from cache import CacheStats, TierState, get_cache_stats, publish
from cache.counted import STALENESS_BUCKETS, Verdict
from cache.stats import NearState
from cache.tier import Trouble

GUIDE = ["redis_enabled", "hits", "misses", "total_requests", "hit_rate"]

NONE = {"outage": 0, "error": 0}


@pytest.fixture
def unpublished() -> Iterator[None]:
    """What a test publishes is taken back."""
    yield
    publish(CacheStats().snapshot)


def test_the_guides_fields_come_first() -> None:
    assert list(CacheStats().snapshot())[:5] == GUIDE


def test_before_the_first_poll_every_number_is_zero() -> None:
    numbers = CacheStats().snapshot()

    assert [numbers[name] for name in GUIDE] == [False, 0, 0, 0, 0.0]
    assert set(numbers["errors"]) == {*Trouble} - {Trouble.AWAY}
    assert not any(numbers["errors"].values())


@pytest.mark.parametrize(
    ("hits", "misses", "rate"), [(12, 3, 80.0), (1, 2, 33.3), (2, 1, 66.7), (5, 0, 100.0)]
)
def test_the_hit_rate_is_a_percentage_with_one_decimal(hits: int, misses: int, rate: float) -> None:
    stats = CacheStats()
    for _ in range(hits):
        stats.hit("redis")
    for _ in range(misses):
        stats.missed("miss")

    assert stats.snapshot()["hit_rate"] == rate
    assert stats.snapshot()["total_requests"] == hits + misses


def test_each_count_stands_under_its_name() -> None:
    stats = CacheStats()
    stats.hit("near")
    stats.missed("bypass")
    stats.read()
    stats.mended()
    stats.put("stored")
    stats.rejected("foreign")
    stats.error(Trouble.READONLY)
    numbers = stats.snapshot()

    assert numbers["hits_by"] == {"near": 1, "redis": 0}
    assert numbers["missed_by"] == {"miss": 0, "stale": 0, "bypass": 1, **NONE}
    assert (numbers["database_reads"], numbers["mended"]) == (1, 1)
    assert numbers["puts"] == {"stored": 1, "refused": 0}
    assert numbers["rejected"] == {"unreadable": 0, "foreign": 1, "future": 0}
    assert numbers["errors"]["readonly"] == 1


def test_each_audit_is_counted_by_its_end_and_by_how_stale_the_answer_was() -> None:
    stats = CacheStats()
    for seconds in (0.0, 0.02, 0.05, 1.5, 61.0):
        stats.audited(Verdict.KEPT, seconds)
    stats.audited(Verdict.NEAR_TOO_OLD, 2.5)
    stats.audited(Verdict.SKIPPED, None)
    audit = json.loads(json.dumps(stats.snapshot()))["audit"]

    assert {end: count for end, count in audit["outcomes"].items() if count} == {
        "kept": 5,
        "near_too_old": 1,
        "skipped": 1,
    }
    assert set(audit["outcomes"]) == {*Verdict}
    assert audit["staleness_seconds"]["sum"] == pytest.approx(65.07)
    assert list(STALENESS_BUCKETS) == [0, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60]
    assert audit["staleness_seconds"]["buckets"] == dict(
        zip(
            [*map(str, STALENESS_BUCKETS), "+Inf"],
            [1, 3, 3, 3, 3, 3, 4, 5, 5, 5, 5, 6],
            strict=True,
        )
    )


NEAR = NearState(proven=True, age=0.25, push=True, to_mend=2, entries=3, size=5000)


def test_how_the_near_tier_is_stands_beside_the_counts() -> None:
    stats = CacheStats()
    before = stats.snapshot()
    stats.watch_near(lambda: NEAR)
    numbers = stats.snapshot()

    assert "near" not in before
    assert "feed" not in before
    assert numbers["near"] == {"entries": 3, "bytes": 5000}
    assert numbers["feed"] == {"proven": True, "age_seconds": 0.25, "push": True, "to_mend": 2}
    assert numbers["processes"]["feed_proven"] == 1


def test_a_feed_that_was_never_proven_has_no_age() -> None:
    stats = CacheStats()
    stats.watch_near(lambda: replace(NEAR, proven=False, age=float("inf")))

    assert stats.snapshot()["feed"]["age_seconds"] is None


def test_the_live_state_is_shown_and_all_of_it_is_json() -> None:
    stats = CacheStats()
    stats.watch(
        lambda: TierState(
            enabled=True,
            detail="redis",
            ttl_seconds=30,
            breaker="closed",
            server="redis://:***@h:1/0",
            limits={"socket_timeout": 5, "max_connections": 10},
            places_taken=3,
            waiting=4,
        )
    )
    stats.error(Trouble.BUSY)
    numbers = json.loads(json.dumps(stats.snapshot()))

    assert numbers["redis_enabled"] is True
    assert (numbers["state"], numbers["breaker"], numbers["ttl_seconds"]) == ("redis", "closed", 30)
    assert numbers["server"] == "redis://:***@h:1/0"
    assert numbers["limits"] == {"socket_timeout": 5, "max_connections": 10}
    assert numbers["pool"] == {"size": 10, "in_use": 3, "waiting": 4, "busy": 1}


@pytest.mark.usefixtures("unpublished")
def test_the_guides_call_gives_the_numbers_of_the_published_cache() -> None:
    stats = CacheStats()
    stats.hit("redis")

    before = get_cache_stats()
    publish(stats.snapshot)

    assert (before["redis_enabled"], before["total_requests"]) == (False, 0)
    assert get_cache_stats()["hits"] == 1
    assert get_cache_stats().keys() == stats.snapshot().keys()


async def test_a_survey_waits_for_what_the_servers_tell() -> None:
    stats, told = CacheStats(), dict[str, dict[str, str]]()

    async def ask() -> None:
        told["redis://h:1/0"] = {"version": "9"}

    stats.watch_facts(lambda: told, ask)
    before = stats.snapshot()["server_facts"]

    assert before == {}
    assert (await stats.survey())["server_facts"] == {"redis://h:1/0": {"version": "9"}}


def test_the_time_of_the_numbers_is_told() -> None:
    as_of = CacheStats().snapshot()["as_of"]

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", as_of)
