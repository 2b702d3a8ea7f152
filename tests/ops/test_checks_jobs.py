"""What is said of jobs that wait and of workers, by what /metrics tells of them."""

import pytest

from example_evidence import METRICS, down, evidence, service
from ops.checks_jobs import CHECKS
from ops.evidence import Evidence
from ops.finding import Finding
from ops.service_seen import Page


def found(given: Evidence) -> Finding:
    (finding,) = [finding for check in CHECKS for finding in check(given)]
    return finding


def with_metrics(text: str, status: int = 200) -> Evidence:
    return evidence(service=service(metrics=Page(status=status, body=text.encode())))


def told(*, waited: float, living: int) -> Evidence:
    return with_metrics(
        f'tally_jobs{{status="queued"}} 3.0\n'
        f"tally_jobs_oldest_queued_seconds {waited}\ntally_workers_living {living}.0\n"
    )


@pytest.mark.parametrize(
    ("waited", "living", "verdict", "fix"),
    [
        (0.0, 1, "ok", ""),
        (600.0, 2, "ok", ""),
        (601.0, 2, "warn", "more workers"),
        (0.0, 0, "warn", "python -m worker"),
        (600.0, 0, "warn", "python -m worker"),
        (601.0, 0, "fail", "python -m worker"),
    ],
)
def test_a_long_wait_is_a_warning_and_without_a_worker_a_failure(
    waited: float, living: int, verdict: str, fix: str
) -> None:
    finding = found(told(waited=waited, living=living))

    assert finding.verdict == verdict
    assert (fix in finding.fix) if fix else (finding.fix == "")
    assert finding.measured == (
        f"3 jobs queued, the oldest for {waited:.0f} s; {living} workers live"
    )


def test_a_service_in_good_order_is_found_so() -> None:
    assert found(evidence()).verdict == "ok"


@pytest.mark.parametrize(
    "given",
    [
        evidence(service=None),
        evidence(service=down()),
        with_metrics(METRICS, status=503),
        with_metrics("cache_hit_rate 1.0\n"),
        with_metrics("tally_workers_living 1.0\n"),
        with_metrics("<html>tally_workers_living 1.0"),
    ],
    ids=["not asked", "down", "503", "database away", "half", "no metrics"],
)
def test_what_is_not_told_is_unknown_and_never_in_order(given: Evidence) -> None:
    assert found(given).verdict == "unknown"
