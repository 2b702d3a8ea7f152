"""How the service gets on with Redis is judged by its own counts of the last hour."""

from typing import Any

import pytest

from example_evidence import STATISTICS, WINDOW, evidence, service
from ops.checks_load import CHECKS
from ops.evidence import Evidence
from ops.finding import Finding


def found(given: Evidence) -> dict[str, Finding]:
    return {finding.check: finding for check in CHECKS for finding in check(given)}


def one(check: str, **changes: Any) -> Finding:
    return found(evidence(service=service(changes)))[check]


def hour(**changes: Any) -> dict[str, Any]:
    return {**STATISTICS["windows"], "1h": {**WINDOW, **changes}}


def facts(*maxclients: Any) -> dict[str, Any]:
    return {f"r{number}:6379": {"maxclients": limit} for number, limit in enumerate(maxclients)}


def test_a_service_that_gets_on_well_is_found_so() -> None:
    assert {str(finding.verdict) for finding in found(evidence()).values()} == {"ok"}


@pytest.mark.parametrize(
    ("pool", "errors", "verdict"),
    [
        ({"size": 10, "in_use": 16, "waiting": 0, "busy": 0}, 0, "ok"),  # of two processes
        ({"size": 10, "in_use": 17, "waiting": 0, "busy": 0}, 0, "warn"),
        ({"size": 10, "in_use": 1, "waiting": 21, "busy": 0}, 0, "warn"),
        ({"size": 10, "in_use": 1, "waiting": 0, "busy": 3}, 0, "ok"),  # more than an hour ago
        ({"size": 10, "in_use": 1, "waiting": 0, "busy": 3}, 2, "warn"),
        ({"size": 10}, 0, "unknown"),
        (None, 0, "unknown"),
    ],
)
def test_a_pool_that_is_too_small_is_seen(pool: Any, errors: int, verdict: str) -> None:
    assert one("cache.pool", pool=pool, windows=hour(errors=errors)).verdict == verdict


@pytest.mark.parametrize(
    ("maxclients", "verdict"),
    [
        ((10_000,), "ok"),
        ((42,), "ok"),  # (2 processes + 1 worker) x (10 + 1) = 33
        ((41,), "warn"),
        ((36,), "fail"),
        ((10_000, 36), "fail"),
        (("unknown", 10_000), "ok"),
        (("unknown",), "unknown"),
        ((), "unknown"),
    ],
)
def test_all_connections_together_must_fit_into_every_server(
    maxclients: tuple[Any, ...], verdict: str
) -> None:
    assert one("cache.connections", server_facts=facts(*maxclients)).verdict == verdict


def test_of_processes_that_are_not_all_counted_the_connections_are_unknown() -> None:
    told = {"counted": 1, "shared": False}
    finding = one("cache.connections", processes=told, server_facts=facts(36))

    assert finding.verdict == "unknown"
    assert "cache.processes" in finding.measured


@pytest.mark.parametrize(
    ("p99", "count", "verdict"),
    [
        (25.0, 100, "ok"),
        (25.1, 100, "warn"),
        (50.0, 100, "fail"),
        (50.0, 99, "unknown"),
        (None, 0, "unknown"),
    ],
)
def test_a_redis_that_takes_half_of_the_budget_is_too_slow(
    p99: float | None, count: int, verdict: str
) -> None:
    latency = {**STATISTICS["latency"], "redis_get": {"count": count, "p50_ms": 1, "p99_ms": p99}}

    assert one("cache.latency", latency=latency).verdict == verdict


@pytest.mark.parametrize(
    ("errors", "requests", "verdict"),
    [
        (0, 0, "ok"),
        (1, 1, "ok"),  # one timeout at the start
        (9, 0, "ok"),
        (10, 999, "warn"),
        (10, 1000, "warn"),
        (10, 1001, "ok"),
        (99, 100, "warn"),
        (99, 10_000, "ok"),
        (100, 10_000, "fail"),
        (150, 15_001, "ok"),
        (1000, 0, "fail"),
    ],
)
def test_failed_calls_count_by_their_share_of_the_last_hour(
    errors: int, requests: int, verdict: str
) -> None:
    windows = hour(errors=errors, requests=requests)

    assert one("cache.errors", windows=windows).verdict == verdict


def test_the_kinds_of_failed_calls_are_told_and_the_most_frequent_is_answered() -> None:
    finding = one("cache.errors", errors={"busy": 7, "timeout": 2}, windows=hour(errors=900))

    assert "busy 7, timeout 2" in finding.measured
    assert finding.fix == "CACHE_MAX_CONNECTIONS=20"


def test_without_windows_failed_calls_are_unknown() -> None:
    assert one("cache.errors", windows=None).verdict == "unknown"
