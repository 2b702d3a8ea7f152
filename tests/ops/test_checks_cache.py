"""What the cache answers is judged by what TTL and polling allow, never by too few requests."""

from typing import Any

import pytest

from example_evidence import STATISTICS, WINDOW, evidence, service
from ops.checks_cache import CHECKS
from ops.evidence import Evidence
from ops.finding import Finding
from settings import Settings


def found(given: Evidence) -> dict[str, Finding]:
    return {finding.check: finding for check in CHECKS for finding in check(given)}


def one(check: str, **changes: Any) -> Finding:
    return found(evidence(service=service(changes)))[check]


def hour(**changes: Any) -> dict[str, Any]:
    return {**STATISTICS["windows"], "1h": {**WINDOW, **changes}}


def polling(seconds: float | None, samples: int = 500) -> dict[str, Any]:
    return {"interval_seconds": seconds, "samples": samples, "pollers": 10}


def test_a_cache_in_good_order_is_found_so() -> None:
    assert {str(finding.verdict) for finding in found(evidence()).values()} == {"ok"}


@pytest.mark.parametrize(
    ("every", "ttl", "rate", "verdict"),
    [
        (2.0, 30, 99.9, "ok"),
        (2.0, 30, 88.4, "ok"),  # a plain cache: 1 - 1/15 = 93.3 %, less five
        (2.0, 30, 88.0, "warn"),
        (10.0, 30, 62.0, "ok"),  # 1 - 1/3
        (10.0, 30, 61.0, "warn"),
        (60.0, 30, 0.0, "ok"),  # a plain cache would never hit
        (None, 30, 90.0, "ok"),
        (None, 30, 89.9, "warn"),
    ],
)
def test_the_hit_rate_is_held_against_what_a_plain_cache_would_reach(
    every: float | None, ttl: float, rate: float, verdict: str
) -> None:
    finding = one(
        "cache.hit-rate", polling=polling(every), ttl_seconds=ttl, windows=hour(hit_rate=rate)
    )

    assert finding.verdict == verdict
    assert "about 100 is usual" in finding.threshold


@pytest.mark.parametrize(
    "windows", [hour(requests=99), hour(requests=0, hit_rate=None), {}, None, {"1h": "?"}]
)
def test_of_too_few_requests_no_hit_rate_is_concluded(windows: Any) -> None:
    assert one("cache.hit-rate", windows=windows).verdict == "unknown"


@pytest.mark.parametrize(
    ("missed", "words"),
    [({"bypass": 40, "miss": 9}, "Redis is away"), ({"stale": 40}, "feed"), ({}, "missed_by")],
)
def test_a_low_hit_rate_comes_with_what_most_misses_mean(
    missed: dict[str, int], words: str
) -> None:
    assert words in one("cache.hit-rate", missed_by=missed, windows=hour(hit_rate=1.0)).fix


@pytest.mark.parametrize(
    ("every", "ttl", "verdict"),
    [
        (1.0, 30, "ok"),
        (2.0, 30, "ok"),
        (2.0, 15, "warn"),
        (5.0, 30, "ok"),
        (10.0, 30, "warn"),
        (10.0, 60, "ok"),
        (None, 30, "unknown"),
        (0, 30, "unknown"),
    ],
)
def test_a_ttl_below_the_row_of_the_guide_is_seen(
    every: float | None, ttl: float, verdict: str
) -> None:
    assert one("cache.ttl", polling=polling(every), ttl_seconds=ttl).verdict == verdict


def test_a_better_ttl_is_named_for_a_poll_every_ten_seconds() -> None:
    finding = one("cache.ttl", polling=polling(10.0))

    assert finding.fix.startswith("CACHE_TTL_SECONDS=100,")
    assert "60+ seconds" in finding.threshold


def test_an_interval_from_few_polls_is_not_believed() -> None:
    assert one("cache.ttl", polling=polling(10.0, samples=99)).verdict == "unknown"


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ({"unreadable": 0, "foreign": 0, "future": 0}, "ok"),
        ({"unreadable": 1, "foreign": 0, "future": 0}, "fail"),
        ({"unreadable": 0, "foreign": 1, "future": 5}, "fail"),
        ({"unreadable": 0, "foreign": 0, "future": 5}, "warn"),
        ({"unreadable": None, "foreign": 1}, "fail"),
        ({"unreadable": None, "foreign": 0}, "unknown"),
        ({"unreadable": "0"}, "unknown"),
        ({"unreadable": float("nan")}, "unknown"),
        ({"unreadable": -1}, "unknown"),
        ({}, "unknown"),
        (None, "unknown"),
        ("none", "unknown"),
    ],
)
def test_values_that_must_not_be_served_are_told(counts: Any, verdict: str) -> None:
    assert one("cache.rejected", rejected=counts).verdict == verdict


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ({"kept": 5, "skipped": 2}, "ok"),
        ({"kept": 5000, "near_too_old": 1}, "fail"),
        ({"kept": 5000, "a_new_kind": 1}, "fail"),
        ({"kept": 0}, "unknown"),
        ({"kept": 0, "skipped": 3}, "unknown"),
        ({"kept": 5, "near_too_old": None}, "unknown"),
        ({"kept": 5, "near_too_old": float("nan")}, "unknown"),
        (None, "unknown"),
    ],
)
def test_one_broken_promise_is_a_failure(outcomes: Any, verdict: str) -> None:
    assert one("cache.audit", audit={"outcomes": outcomes}).verdict == verdict


def test_an_auditor_that_is_switched_off_is_a_warning() -> None:
    settings = Settings(cache_audit_share=0)
    given = evidence(settings=settings, service=service({"audit": {"outcomes": {"kept": 0}}}))

    assert found(given)["cache.audit"].verdict == "warn"


@pytest.mark.parametrize(
    ("feed", "verdict"),
    [
        ({"proven": True, "age_seconds": 0.1}, "ok"),
        ({"proven": False, "age_seconds": 9.0}, "fail"),
        ({"proven": False, "age_seconds": None}, "fail"),
        (None, "warn"),
        ({"proven": True, "age_seconds": None}, "unknown"),
        ({"proven": "yes", "age_seconds": 0.1}, "unknown"),
        ({}, "unknown"),
        ("proven", "unknown"),
    ],
)
def test_a_feed_that_is_not_proven_is_a_failure(feed: Any, verdict: str) -> None:
    assert one("cache.feed", feed=feed).verdict == verdict


@pytest.mark.parametrize(
    ("near", "verdict"),
    [
        ({"entries": 19_000, "bytes": 1}, "ok"),  # of two processes together
        ({"entries": 19_001, "bytes": 1}, "warn"),
        ({"entries": 1, "bytes": 2 * 64 * 2**20}, "warn"),
        ({"entries": None, "bytes": 1}, "unknown"),
        ("large", "unknown"),
    ],
)
def test_a_near_tier_at_its_bounds_is_seen(near: Any, verdict: str) -> None:
    assert one("cache.near", near=near).verdict == verdict


def test_without_a_near_tier_there_is_nothing_to_say_of_it() -> None:
    assert "cache.near" not in found(evidence(service=service({"near": None})))
