"""A real Prometheus scrapes a running Tally with our configuration, and its rules give values."""

import asyncio
import math
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dev_servers import RedisServer, free_port, redis_flavours
from live.client import Api
from live.installation import Installation
from monitoring.monitoring_files import PROMETHEUS, expressions, names_in, rules
from monitoring.prometheus_server import PrometheusServer
from patience import eventually, seen

BEAT = "250ms"
NOT_YET = {"job:tally_cache_hits_per_poll:usual1d"}
"""Recorded rules that say nothing in the first hour of a service."""


@dataclass(frozen=True, kw_only=True)
class Watched:
    """Everything that runs."""

    redis: RedisServer
    api: Api
    prometheus: PrometheusServer


def our_configuration(folder: Path, tally: int) -> Path:
    """deploy/prometheus as it is, but for the targets and a faster beat."""
    text = (PROMETHEUS / "prometheus.yml").read_text()
    for ours, here in (
        ("api:8000", f"127.0.0.1:{tally}"),
        ("redis-exporter:9121", f"127.0.0.1:{free_port()}"),
        ("interval: 15s", f"interval: {BEAT}"),
        ("  - rules.yml", f"  - {PROMETHEUS}/rules.yml"),
        ("  - alerts.yml", f"  - {PROMETHEUS}/alerts.yml"),
    ):
        assert ours in text
        text = text.replace(ours, here)
    path = folder / "prometheus.yml"
    path.write_text(text)
    return path


@contextmanager
def polled(api: Api) -> Iterator[None]:
    """Polls a job without end, and now and then one that does not exist."""

    async def poll() -> None:
        job = (await api.create("probe"))["id"]
        while True:
            for _ in range(20):
                await api.http.get(f"/api/v2/jobs/{job}")
            await api.http.get(f"/api/v2/jobs/{job[:-4]}0000")
            await asyncio.sleep(0.05)

    task = asyncio.create_task(poll())
    yield
    task.cancel()


@pytest.fixture(scope="module")
async def watched(
    prometheus: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Watched]:
    """One for all tests of this file; the last one takes its Redis away."""
    folder = tmp_path_factory.mktemp("watched")
    tally = Installation(folder)
    with RedisServer(redis_flavours()[0].binary) as redis:
        settings = {"REDIS_URL": redis.url, "EMBEDDED_WORKER": "off", "CACHE_AUDIT_SHARE": "1"}
        api = tally.serve(**settings)
        try:
            await api.up()  # first: what it answers while it starts is a 503, and would be counted
            configuration = our_configuration(folder, int(api.http.base_url.port or 0))
            with PrometheusServer(prometheus / "prometheus", configuration) as it, polled(api):
                yield Watched(redis=redis, api=api, prometheus=it)
        finally:
            await tally.close()


async def value(watched: Watched, expression: str) -> float:
    """The first value that it gives, once it gives one that is a number."""

    def numbers() -> list[float]:
        return [it for it in watched.prometheus.values(expression) if not math.isnan(it)]

    return (await seen(numbers, seconds=20, beat=0.1))[0]


async def test_every_rule_about_tally_gives_a_value(watched: Watched) -> None:
    for name in rules("record"):
        if "tally" in name and name not in NOT_YET:
            assert await value(watched, name) >= 0.0, name


async def test_the_hit_ratio_comes_to_that_of_the_statistics(watched: Watched) -> None:
    """It counts from the first scrape on, they from the start: the more polls, the nearer."""

    async def both() -> tuple[float, float]:
        stats = (await watched.api.http.get("/api/v2/cache/stats")).json()["statistics"]
        ratio = await value(watched, "job:tally_cache_hits_per_poll:ratio_rate5m")
        return ratio, stats["hit_rate"] / 100

    await eventually(both, lambda now: abs(now[0] - now[1]) < 0.05, seconds=20, beat=0.2)


async def test_what_they_say_is_what_happens(watched: Watched) -> None:
    assert await value(watched, "job:tally_cache_hits_per_poll:ratio_rate5m") > 0.5
    assert await value(watched, "job:tally_cache_polls:rate5m") > 0.0
    assert await value(watched, "job:tally_poll_duration_seconds:p99_5m") > 0.0
    assert await value(watched, "job:tally_http_server_errors_per_request:ratio_rate5m") == 0.0
    assert await value(watched, 'up{job="tally"}') == 1.0


async def test_prometheus_understands_every_question_of_the_dashboard(watched: Watched) -> None:
    for expression in expressions().values():
        watched.prometheus.values(expression)  # else HTTPError


async def test_every_panel_about_tally_shows_something(watched: Watched) -> None:
    """But for what is shown only when there is something wrong."""
    for expression in expressions().values():
        names = names_in(expression)
        of_tally = any("tally" in name for name in names)
        if of_tally and " > 0" not in expression and not names & NOT_YET:
            await seen(partial(watched.prometheus.values, expression), seconds=20)


async def test_no_rule_is_ill_and_nothing_is_said_against_a_healthy_tally(watched: Watched) -> None:
    groups = watched.prometheus.ask("rules")["groups"]
    ill = [
        (rule["name"], rule["lastError"])
        for group in groups
        for rule in group["rules"]
        if rule["health"] == "err"
    ]

    assert ill == []
    assert told(watched, "firing") == set()


async def test_the_databases_jobs_and_workers_are_seen(watched: Watched) -> None:
    assert await value(watched, 'tally_jobs{status="queued"}') == 1.0
    assert await value(watched, "tally_workers_living") == 0.0
    assert await value(watched, "tally_jobs_age_seconds") < 10.0
    assert await value(watched, "tally_jobs_oldest_queued_seconds > 0") < 120.0


async def test_redis_going_away_is_about_to_be_told(watched: Watched) -> None:
    watched.redis.stop()

    name = "TallyRedisNotInUse"
    await seen(lambda: name in told(watched, "pending"), seconds=20, beat=0.1)
    (alert,) = [one for one in alerts(watched) if one["labels"]["alertname"] == name]

    assert alert["annotations"]["summary"] == (
        f"127.0.0.1:{watched.api.http.base_url.port} goes on without Redis, in 1 of its processes."
    )


def alerts(watched: Watched) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = watched.prometheus.ask("alerts")["alerts"]
    return found


def told(watched: Watched, state: str) -> set[str]:
    return {one["labels"]["alertname"] for one in alerts(watched) if one["state"] == state}
