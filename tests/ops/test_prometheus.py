"""A real Prometheus is asked what it watches: our rules, and a service in its job, or nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dev_servers import free_port
from example_evidence import METRICS, evidence
from monitoring.prometheus_server import PrometheusServer
from ops.checks_monitoring import ALERTS, CHECKS
from ops.finding import Finding
from ops.prometheus import ask_prometheus
from ops.service import Service
from patience import eventually
from said_pages import saying

OURS = Path(__file__).parents[2] / "deploy/prometheus"
CONFIGURATION = """
global: {{scrape_interval: 250ms, scrape_timeout: 250ms, evaluation_interval: 250ms}}
rule_files: ["{rules}"]
scrape_configs: [{{job_name: tally, static_configs: [{{targets: ["{target}"]}}]}}]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:9093"]}}]}}]}}
"""


@pytest.fixture
def bare(prometheus: Path, tmp_path: Path) -> Iterator[PrometheusServer]:
    """One that watches nothing."""
    configuration = tmp_path / "bare.yml"
    configuration.write_text("global: {}\n")
    with PrometheusServer(prometheus / "prometheus", configuration) as server:
        yield server


async def found(port: int) -> dict[str, Finding]:
    asked = await ask_prometheus(Service(f"http://127.0.0.1:{port}"))
    given = evidence(prometheus=asked)
    return {finding.check: finding for check in CHECKS for finding in check(given)}


async def watched(port: int) -> dict[str, str]:
    told = await found(port)
    return {name: str(told[f"monitoring.{name}"].verdict) for name in ("alerts", "scraped")}


async def test_one_with_our_rules_that_scrapes_the_service_watches(
    prometheus: Path, tmp_path: Path
) -> None:
    configuration = tmp_path / "prometheus.yml"
    async with saying("200 OK", METRICS.encode(), "Content-Type: text/plain") as url:
        target = url.removeprefix("http://")
        configuration.write_text(CONFIGURATION.format(rules=OURS / "alerts.yml", target=target))
        with PrometheusServer(prometheus / "prometheus", configuration) as server:
            await eventually(
                lambda: watched(server.port), lambda told: {*told.values()} == {"ok"}, seconds=20
            )
            told = await found(server.port)

    assert target in told["monitoring.scraped"].measured


async def test_one_that_watches_nothing_is_told_apart(bare: PrometheusServer) -> None:
    told = await found(bare.port)

    assert await watched(bare.port) == {"alerts": "warn", "scraped": "warn"}
    assert ALERTS[0] in told["monitoring.alerts"].measured
    assert "no Alertmanager" in told["monitoring.alerts"].measured


async def test_nobody_named_is_nobody_asked_and_nobody_there_is_unknown() -> None:
    assert await ask_prometheus(None) is None
    assert await watched(free_port()) == {"alerts": "unknown", "scraped": "unknown"}
