"""Whether something watches is measured, as far as it can be; what cannot be is unknown."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from example_evidence import METRICS, down, evidence, page, service
from ops.checks_monitoring import ALERTS, CHECKS, samples
from ops.evidence import Evidence
from ops.finding import Finding, exit_code
from ops.prometheus_seen import PrometheusSeen
from ops.service_seen import Page

RULES = Path(__file__).parents[2] / "deploy/prometheus/alerts.yml"


def found(given: Evidence) -> dict[str, Finding]:
    return {finding.check: finding for check in CHECKS for finding in check(given)}


def with_metrics(text: str, status: int = 200) -> Evidence:
    return evidence(service=service(metrics=Page(status=status, body=text.encode())))


def test_a_system_that_is_watched_is_found_so_but_for_its_backups() -> None:
    watched = evidence(prometheus=prometheus())
    seen = {check: str(finding.verdict) for check, finding in found(watched).items()}

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


def prometheus(
    alerts: Mapping[str, bool] = dict.fromkeys(ALERTS, True),
    scraped: Mapping[str, bool] = {"api:8000": True},
    told: int = 1,
) -> PrometheusSeen:
    """One that says this."""
    rules: list[dict[str, Any]] = [
        {"type": "alerting", "name": name, "health": "ok" if fine else "err", "alerts": []}
        for name, fine in alerts.items()
    ]
    targets = [
        {"labels": {"job": "tally", "instance": name}, "health": "up" if fine else "down"}
        for name, fine in scraped.items()
    ]
    other = {"labels": {"job": "redis", "instance": "redis:6379"}, "health": "down"}
    return PrometheusSeen(
        url="http://127.0.0.1:9090",
        rules=page({"data": {"groups": [{"rules": rules}]}}),
        targets=page({"data": {"activeTargets": [*targets, other]}}),
        alertmanagers=page({"data": {"activeAlertmanagers": [{}] * told}}),
    )


def told_by(one: PrometheusSeen) -> tuple[str, str]:
    seen = found(evidence(prometheus=one))
    return str(seen["monitoring.alerts"].verdict), str(seen["monitoring.scraped"].verdict)


@pytest.mark.parametrize("questions", ["0.0", "240.0", "1000000.0"])
def test_however_often_it_was_asked_nobody_knows_by_whom(questions: str) -> None:
    finding = found(with_metrics(METRICS.replace(" 240.0", f" {questions}")))["monitoring.scraped"]

    assert finding.verdict == "unknown"
    assert f"asked {float(questions):.0f} times" in finding.measured


def test_without_a_prometheus_to_ask_nobody_knows_whether_alerts_are_loaded() -> None:
    finding = found(evidence())["monitoring.alerts"]

    assert finding.verdict == "unknown"
    assert exit_code([finding]) == 1
    assert exit_code([finding], ["monitoring.alerts"]) == 0
    assert "--prometheus" in finding.fix


@pytest.mark.parametrize(
    ("one", "verdicts"),
    [
        (prometheus(), ("ok", "ok")),
        (prometheus(alerts={**dict.fromkeys(ALERTS, True), "Other": False}), ("ok", "ok")),
        (prometheus(alerts={}), ("warn", "ok")),
        (prometheus(alerts=dict.fromkeys(ALERTS[1:], True)), ("warn", "ok")),
        (prometheus(alerts=dict.fromkeys(ALERTS, False)), ("warn", "ok")),
        (prometheus(told=0), ("warn", "ok")),
        (prometheus(scraped={}), ("ok", "warn")),
        (prometheus(scraped={"a:1": True, "b:1": False}), ("ok", "warn")),
    ],
)
def test_prometheus_tells_what_it_loads_and_scrapes(
    one: PrometheusSeen, verdicts: tuple[str, str]
) -> None:
    assert told_by(one) == verdicts


@pytest.mark.parametrize(
    "odd",
    [
        Page(trouble="cannot be asked: Connection refused"),
        page({}, status=404),
        page([1]),
        page({"data": None}),
        page({"data": {"groups": [1], "activeTargets": [{}]}}),
    ],
)
def test_a_prometheus_that_makes_no_sense_tells_nothing(odd: Page) -> None:
    one = PrometheusSeen(url="http://x", rules=odd, targets=odd, alertmanagers=odd)

    assert told_by(one) == ("unknown", "unknown")


def test_the_alerts_that_are_wanted_are_among_ours() -> None:
    written = re.findall(r"^ +- alert: (\w+)", RULES.read_text(), re.MULTILINE)

    assert {*ALERTS} <= {*written}


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
