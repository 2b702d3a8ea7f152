"""The parts joined: what the doors get, and what they do when a part cannot be built."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from settings import Settings
from wiring import MISCONFIGURED, build_app, build_basis


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    for name, value in {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": "",
        "REDIS_URL": "none",
        "LOG_FILE": "",
        "EMBEDDED_WORKER": "off",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
async def client(bare: None) -> AsyncIterator[httpx.AsyncClient]:
    app = build_app()
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://tally") as client:
            yield client


async def test_the_first_request_waits_until_jobs_can_be_queued(client: httpx.AsyncClient) -> None:
    """No second start-up step: a job posted at once is accepted once the engine is loaded."""
    answer = await client.post(
        "/api/v2/jobs", json={"kind": "probe", "source": {"type": "sample"}}, timeout=30
    )
    poll = await client.get(answer.headers["location"])
    ready = await client.get("/readyz")

    assert answer.status_code == 202
    assert poll.json() == answer.json()
    assert poll.headers["cache-status"] == "tally; fwd=bypass; detail=redis-off"
    assert ready.json() == {"status": "ready", "database": "up", "cache": "off"}


async def test_page_stats_and_metrics_are_joined_to_the_same_counts(
    client: httpx.AsyncClient,
) -> None:
    await client.get("/api/v2/jobs/job_" + "0" * 26)
    page = await client.get("/")
    stats = (await client.get("/api/v2/cache/stats")).json()
    metrics = (await client.get("/metrics")).text

    assert page.headers["content-type"].startswith("text/html")
    assert stats["statistics"]["total_requests"] == 1
    assert "cache_requests_total 1.0" in metrics


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", "gopher://localhost"),
        ("DATABASE_URL", "oracle://localhost/x"),
        ("CACHE_BUDGET_SECONDS", "soon"),
    ],
)
def test_what_cannot_mean_anything_stops_the_start(
    bare: None, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(MISCONFIGURED):
        build_app()


async def test_the_kill_switch_leaves_the_cache_out(
    bare: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://localhost:6379/0")
    monkeypatch.setenv("CACHE_ENABLED", "false")

    basis = build_basis(Settings())

    assert basis.cache.state().detail == "redis-off"
