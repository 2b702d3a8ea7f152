"""What is on record counts while it is fresh, of this version, and all was well."""

from dataclasses import replace
from typing import Any

import pytest

from cache import ClusterAddress, parse_redis_url
from example_evidence import STATISTICS, WINDOW, evidence, record, service
from ops.checks_records import CHECKS
from ops.evidence import Evidence
from ops.finding import Finding
from ops.host_seen import HostSeen
from ops.records import Kind, Record

SENTINELS = parse_redis_url("redis+sentinel://s1,s2,s3/mymaster/0")


def found(given: Evidence) -> dict[str, Finding]:
    return {finding.check: finding for check in CHECKS for finding in check(given)}


def with_records(*records: Record, **changes: Any) -> dict[str, Finding]:
    return found(evidence(records=records, **changes))


def test_a_drill_and_a_baseline_of_late_are_found_in_order() -> None:
    assert {str(finding.verdict) for finding in found(evidence()).values()} == {"ok"}


def test_nothing_on_record_is_a_warning_and_names_the_command() -> None:
    seen = with_records()

    assert (seen["drill.rollback"].verdict, seen["baseline.record"].verdict) == ("warn", "warn")
    assert seen["drill.rollback"].fix == "python -m ops drill rollback"
    assert "baseline.drift" not in seen


def test_files_that_are_no_records_are_named() -> None:
    seen = with_records(host=HostSeen(unreadable_records=["half.json"]))

    assert "half.json" in seen["drill.rollback"].measured


@pytest.mark.parametrize(
    ("kind", "check", "days", "verdict"),
    [
        ("drill-rollback", "drill.rollback", 30, "ok"),
        ("drill-rollback", "drill.rollback", 30.1, "warn"),
        ("drill-failover", "drill.failover", 90, "ok"),
        ("drill-failover", "drill.failover", 90.1, "warn"),
    ],
)
def test_an_old_drill_is_a_warning(kind: Kind, check: str, days: float, verdict: str) -> None:
    assert with_records(record(kind, days=days), target=SENTINELS)[check].verdict == verdict


def test_a_drill_that_went_wrong_is_a_failure_until_a_newer_one_goes_well() -> None:
    bad, good = record("drill-rollback", days=2, ok=False), record("drill-rollback", days=1)

    verdicts = [with_records(*kept)["drill.rollback"].verdict for kept in ([bad], [good, bad])]

    assert verdicts == ["fail", "ok"]


def test_a_drill_with_other_code_is_a_warning_that_names_both() -> None:
    other = replace(record("drill-rollback"), version="0.0.9+aaaaaaaa")
    finding = with_records(other)["drill.rollback"]

    assert finding.verdict == "warn"
    assert "0.0.9+aaaaaaaa; this is 0.1.0+12345678" in finding.measured


def test_a_failover_is_asked_for_only_where_something_fails_over() -> None:
    cluster = parse_redis_url("redis://n1,n2?cluster=true")

    assert isinstance(cluster, ClusterAddress)
    assert with_records(target=cluster)["drill.failover"].verdict == "warn"
    assert with_records(target=SENTINELS)["drill.failover"].verdict == "warn"
    assert "drill.failover" not in with_records()
    assert "drill.failover" not in with_records(target=None)


def test_a_baseline_with_errors_is_a_warning() -> None:
    assert with_records(record("baseline", ok=False))["baseline.record"].verdict == "warn"


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        ({"polls": 500, "seconds": 10.0}, "ok"),
        ({"polls": 499, "seconds": 60.0}, "warn"),
        ({"polls": 900, "seconds": 9.9}, "warn"),
        ({"polls": 1, "seconds": 0.1}, "warn"),
    ],
)
def test_a_baseline_of_a_few_polls_is_none(figures: dict[str, Any], verdict: str) -> None:
    """Also one that an earlier version kept as well done; and nothing is compared with it."""
    seen = with_records(record("baseline", hit_rate=99.9, **figures))

    assert seen["baseline.record"].verdict == verdict
    assert ("too few polls to tell" in seen["baseline.record"].measured) == (verdict == "warn")
    assert ("baseline.drift" in seen) == (verdict == "ok")


def drift(figures: dict[str, Any], **hour: Any) -> Finding:
    windows = {**STATISTICS["windows"], "1h": {**WINDOW, **hour}}
    seen = service({"windows": windows})
    return with_records(record("baseline", **figures), service=seen)["baseline.drift"]


@pytest.mark.parametrize(
    ("figures", "hour", "verdict"),
    [
        ({"hit_rate": 99.9}, {"hit_rate": 75.0}, "ok"),
        ({"hit_rate": 99.9}, {"hit_rate": 74.0}, "warn"),
        ({"hit_rate": 50.0}, {"hit_rate": 99.0}, "ok"),  # better is no drift
        ({"database_reads_per_1000_polls": 8.0}, {"database_reads": 100}, "ok"),
        ({"database_reads_per_1000_polls": 8.0}, {"database_reads": 140}, "warn"),
        ({"database_reads_per_1000_polls": 0.0}, {"database_reads": 30}, "ok"),  # noise
        ({"database_reads_per_1000_polls": 0.0}, {"database_reads": 90}, "warn"),
        ({"entry_bytes": 1000.0}, {}, "warn"),
        ({"entry_bytes": None, "hit_rate": None}, {}, "ok"),
        ({"hit_rate": 99.9}, {"requests": 99, "hit_rate": 1.0}, "unknown"),
    ],
)
def test_what_is_a_quarter_worse_than_the_baseline_is_told(
    figures: dict[str, Any], hour: dict[str, Any], verdict: str
) -> None:
    assert drift(figures, **hour).verdict == verdict


def test_a_drift_is_told_with_both_figures() -> None:
    finding = drift({"hit_rate": 99.9}, hit_rate=40.0)

    assert finding.measured == "hit rate, percent: 99.9 then, 40 now"
