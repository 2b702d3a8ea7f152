"""Whether something watches is measured, as far as it can be; what cannot be is unknown."""

import pytest

from example_evidence import METRICS, down, evidence, service
from ops.checks_monitoring import CHECKS, samples
from ops.evidence import Evidence
from ops.finding import Finding
from ops.host_seen import HostSeen
from ops.service_seen import Page


def found(given: Evidence) -> dict[str, Finding]:
    return {finding.check: finding for check in CHECKS for finding in check(given)}


def with_metrics(text: str, status: int = 200) -> Evidence:
    return evidence(service=service(metrics=Page(status=status, body=text.encode())))


def test_a_system_that_is_watched_is_found_so_but_for_its_backups() -> None:
    seen = {check: str(finding.verdict) for check, finding in found(evidence()).items()}

    assert seen.pop("backup.database") == "unknown"
    assert set(seen.values()) == {"ok"}


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (METRICS, 500),
        ("", 200),
        ("<html>", 200),
        (METRICS.replace("cache_hit_rate 99.9", "cache_hit_rate high"), 200),
        (METRICS.replace("tally_cache_in_use 1.0\n", ""), 200),
    ],
)
def test_metrics_that_cannot_be_scraped_are_a_failure(text: str, status: int) -> None:
    assert found(with_metrics(text, status))["monitoring.metrics"].verdict == "fail"


def test_the_missing_metric_is_named() -> None:
    given = with_metrics(METRICS.replace("tally_cache_in_use 1.0\n", ""))

    assert "not tally_cache_in_use" in found(given)["monitoring.metrics"].measured


def test_few_questions_may_have_come_from_people() -> None:
    given = with_metrics(METRICS.replace(" 240.0", " 99.0"))
    finding = found(given)["monitoring.scraped"]

    assert finding.verdict == "unknown"
    assert "99 times" in finding.measured


def test_questions_for_statistics_count_as_well_and_others_do_not() -> None:
    row = 'tally_http_requests_total{method="GET",route="%s",status="2xx"} 60.0\n'
    watched = METRICS.replace(" 240.0", " 50.0") + row % "/api/v2/cache/stats"
    polled = METRICS.replace(" 240.0", " 50.0") + row % "/api/v2/jobs/{job_id}"

    verdicts = [
        found(with_metrics(text))["monitoring.scraped"].verdict for text in (watched, polled)
    ]

    assert verdicts == ["ok", "unknown"]


@pytest.mark.parametrize(
    ("host", "verdict"),
    [
        (HostSeen(alert_rules=True), "ok"),
        (HostSeen(alert_rules=False), "warn"),
        (HostSeen(), "unknown"),
        (None, "unknown"),
    ],
)
def test_alert_rules_are_looked_for(host: HostSeen | None, verdict: str) -> None:
    assert found(evidence(host=host))["monitoring.alerts"].verdict == verdict


def test_of_a_service_that_is_down_nothing_is_known() -> None:
    seen = found(evidence(service=down()))

    assert {seen[check].verdict for check in ("monitoring.metrics", "monitoring.scraped")} == {
        "unknown"
    }


def test_samples_are_read_as_prometheus_writes_them() -> None:
    text = '# a comment\n\na_total 3\nb{le="+Inf",x="a b"} NaN 1700000000000\nc -1.5e-07\n'

    assert samples(text) == [
        ("a_total", "", "3"),
        ("b", '{le="+Inf",x="a b"}', "NaN"),
        ("c", "", "-1.5e-07"),
    ]
    assert samples("a_total 3\nnonsense") == []
