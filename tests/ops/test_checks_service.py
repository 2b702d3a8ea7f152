"""What is said of a service as a whole, for each way it can be."""

from typing import Any

import pytest

from cache import RedisAddress
from example_evidence import SERVER, down, evidence, page, service
from ops.checks_service import CHECKS
from ops.evidence import Evidence
from ops.finding import Finding, Verdict
from ops.service_seen import Page


def found(given: Evidence) -> dict[str, Finding]:
    return {finding.check: finding for check in CHECKS for finding in check(given)}


def verdicts(given: Evidence) -> dict[str, str]:
    return {check: str(finding.verdict) for check, finding in found(given).items()}


def test_a_service_in_good_order_is_found_so() -> None:
    assert set(verdicts(evidence()).values()) == {"ok"}


def test_of_a_service_that_is_down_nothing_is_found_in_order() -> None:
    seen = verdicts(evidence(service=down()))

    assert seen["service.alive"] == "fail"
    assert set(seen.values()) == {"fail", "unknown"}


def test_of_a_service_that_was_not_asked_nothing_is_known() -> None:
    assert set(verdicts(evidence(service=None)).values()) == {"unknown"}


@pytest.mark.parametrize(
    ("status", "told", "verdict"),
    [
        (200, {"status": "ready", "database": "up", "cache": "up"}, "ok"),
        (200, {"status": "degraded", "database": "up", "cache": "down"}, "ok"),
        (503, {"status": "starting", "database": "up", "cache": "up"}, "warn"),
        (503, {"status": "unready", "database": "down", "cache": "up"}, "fail"),
        (404, {}, "fail"),
    ],
)
def test_degraded_is_ready_and_without_database_is_not(
    status: int, told: dict[str, str], verdict: str
) -> None:
    seen = found(evidence(service=service(readyz=page(told, status))))

    assert seen["service.ready"].verdict == verdict
    assert f"answers {status}" in seen["service.ready"].measured


@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b'{"status": "fine"}', b"", b"[]"])
def test_somebody_else_who_answers_200_is_neither_alive_nor_ready(body: bytes) -> None:
    welcome = Page(status=200, body=body)
    seen = found(evidence(service=service(livez=welcome, readyz=welcome)))

    for check in ("service.alive", "service.ready"):
        assert seen[check].verdict == "fail"
        assert "is it Tally" in seen[check].fix


@pytest.mark.parametrize("answer", [Page(status=404), Page(status=200, body=b"<html>")])
def test_what_answers_without_statistics_is_perhaps_no_tally(answer: Page) -> None:
    seen = verdicts(evidence(service=service(stats=answer)))

    assert seen["service.stats"] == "fail"
    assert seen["cache.redis"] == "unknown"


@pytest.mark.parametrize(
    ("changes", "verdict", "words"),
    [
        ({}, "ok", "redis_enabled: true"),
        ({"redis_enabled": False, "state": "redis-down"}, "fail", "redis_enabled: false"),
        ({"redis_enabled": False, "state": "redis-off"}, "warn", "redis-off"),
        ({"redis_enabled": False, "state": "redis-missing"}, "warn", "redis-missing"),
        ({"servers": {"a:1": "in use", "b:2": "away"}}, "warn", "away: b:2"),
    ],
)
def test_whether_redis_is_in_use_is_told_with_the_reason(
    changes: dict[str, Any], verdict: str, words: str
) -> None:
    finding = found(evidence(service=service(changes)))["cache.redis"]

    assert finding.verdict == verdict
    assert words in finding.measured


def test_the_kill_switch_is_a_warning_and_no_failure() -> None:
    off = page({"cache_enabled": False, "statistics": {"redis_enabled": False, "server": None}})
    seen = verdicts(evidence(service=service(stats=off)))

    assert (seen["cache.enabled"], seen["cache.redis"], seen["cache.same-redis"]) == (
        "warn",
        "warn",
        "ok",
    )


def test_another_redis_here_than_there_is_a_failure_and_shows_no_password() -> None:
    target = RedisAddress(host="other", port=6379, password="s3cret-password")
    finding = found(evidence(target=target))["cache.same-redis"]

    assert finding.verdict is Verdict.FAIL
    assert finding.measured == f"{SERVER} there, redis://:***@other:6379/0 here"


def test_another_user_of_the_same_redis_may_look() -> None:
    target = RedisAddress(host="localhost", port=6379, username="eve", password="s3cret-password")

    assert verdicts(evidence(target=target))["cache.same-redis"] == "ok"


def test_a_url_that_means_nothing_here_leaves_it_unknown() -> None:
    given = evidence(target=None, url_trouble="REDIS_URL: has no host.")

    assert verdicts(given)["cache.same-redis"] == "unknown"


@pytest.mark.parametrize(
    ("counted", "using", "proven", "verdict"),
    [
        (2, 2, 2, "ok"),
        (2, 0, 2, "ok"),  # that is told by others
        (2, 1, 2, "warn"),
        (2, 2, 1, "warn"),
    ],
)
def test_processes_that_disagree_are_seen(
    counted: int, using: int, proven: int, verdict: str
) -> None:
    told = {"counted": counted, "redis_in_use": using, "feed_proven": proven}

    assert verdicts(evidence(service=service({"processes": told})))["cache.processes"] == verdict


@pytest.mark.parametrize(("shared", "verdict"), [(True, "ok"), (False, "warn")])
def test_a_process_that_cannot_count_the_others_is_seen(shared: bool, verdict: str) -> None:
    told = {"counted": 1, "redis_in_use": 1, "feed_proven": 1, "shared": shared}
    finding = found(evidence(service=service({"processes": told})))["cache.processes"]

    assert finding.verdict == verdict
    assert ("/dev/shm" in finding.fix) is not shared


def test_an_older_service_that_does_not_tell_of_processes_is_unknown() -> None:
    assert verdicts(evidence(service=service({"processes": None})))["cache.processes"] == "unknown"


@pytest.mark.parametrize(
    ("told", "feed", "verdict"),
    [
        ({"status": "ready", "database": "up", "cache": "up"}, {"proven": True}, "ok"),
        ({"status": "degraded", "database": "up", "cache": "down"}, {"proven": False}, "ok"),
        ({"status": "ready", "database": "up", "cache": "up"}, {"proven": False}, "warn"),
        ({"status": "ready", "database": "up", "cache": "up"}, None, "warn"),
        ({"status": "unready", "database": "down", "cache": "up"}, {"proven": True}, "fail"),
    ],
)
def test_it_works_without_redis_where_database_and_near_tier_answer(
    told: dict[str, str], feed: Any, verdict: str
) -> None:
    seen = service({"feed": feed}, readyz=page(told, 503 if told["database"] == "down" else 200))

    assert verdicts(evidence(service=seen))["cache.without-redis"] == verdict
