"""The parts joined: what the doors get, and what they do when a part cannot be built."""

import asyncio
import gc
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from counts import Board, Reading
from live.client import seen
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
        "CACHE_AUDIT_SHARE": "1",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
async def client(bare: None) -> AsyncIterator[httpx.AsyncClient]:
    app = build_app()
    assert isinstance(app.app, FastAPI)
    async with app.app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://tally") as client:
            yield client


async def until_ready(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(30):
        while True:
            if (await client.get("/readyz")).status_code == 200:
                return
            await asyncio.sleep(0.05)


async def test_the_first_request_waits_until_jobs_can_be_queued(client: httpx.AsyncClient) -> None:
    """No second start-up step: a job posted at once is accepted once the engine is loaded."""
    answer = await client.post(
        "/api/v2/jobs", json={"kind": "probe", "source": {"type": "sample"}}, timeout=30
    )
    poll = await client.get(answer.headers["location"])
    ready = await client.get("/readyz")

    assert answer.status_code == 202
    assert poll.json() == answer.json()
    assert re.fullmatch(
        r"tally; (hit; ttl=\d+; detail=near|fwd=bypass; detail=redis-off)",
        poll.headers["cache-status"],
    )
    assert ready.json() == {"status": "ready", "database": "up", "cache": "off"}


async def test_what_is_loaded_by_then_is_kept_from_garbage_collection(bare: None) -> None:
    gc.unfreeze()  # what other services of this process have left
    app = build_app()
    async with app.app.router.lifespan_context(app):  # type: ignore[attr-defined]
        frozen = await seen(gc.get_freeze_count)
    gc.unfreeze()

    assert frozen > 10_000


async def test_page_stats_and_metrics_are_joined_to_the_same_counts(
    client: httpx.AsyncClient,
) -> None:
    await until_ready(client)
    await client.get("/api/v2/jobs/job_" + "0" * 26)
    page = await client.get("/")
    stats = (await client.get("/api/v2/cache/stats")).json()
    metrics = (await client.get("/metrics")).text

    assert page.headers["content-type"].startswith("text/html")
    assert stats["statistics"]["total_requests"] == 1
    assert "cache_requests_total 1.0" in metrics


async def test_one_look_at_the_boards_is_enough_for_a_scrape(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, looks = Board.read, list[Board]()

    def counted(board: Board) -> Reading:
        looks.append(board)
        return read(board)

    monkeypatch.setattr(Board, "read", counted)
    metrics = (await client.get("/metrics")).text

    assert "tally_http_requests_total" in metrics
    assert len(looks) == 1


async def test_what_the_near_tier_answers_is_audited(client: httpx.AsyncClient) -> None:
    created = await client.post(
        "/api/v2/jobs", json={"kind": "probe", "source": {"type": "sample"}}, timeout=30
    )
    async with asyncio.timeout(15):
        while 'outcome="kept"} 0.0' in (await client.get("/metrics")).text:
            poll = await client.get(created.headers["location"])
            await asyncio.sleep(0.01)  # in one process with the server, a poll leaves no time to it
    stats = (await client.get("/api/v2/cache/stats")).json()["statistics"]

    assert poll.headers["cache-status"].endswith("detail=near")
    assert stats["hits_by"]["near"] >= stats["audit"]["outcomes"]["kept"] >= 1
    assert stats["feed"]["proven"]


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

    basis = build_basis(Settings(), follows=True)

    assert basis.cache.state().detail == "redis-off"
