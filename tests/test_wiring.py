"""The parts joined: what the doors get, and what they do when a part cannot be built."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from built_app import living, set_bare
from counts import Board, Reading
from patience import eventually
from settings import Settings
from wiring import MISCONFIGURED, build_app, build_basis


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_bare(monkeypatch, tmp_path)


@pytest.fixture
async def client(bare: None) -> AsyncIterator[httpx.AsyncClient]:
    async with living() as client:
        yield client


async def until_ready(client: httpx.AsyncClient) -> None:
    await eventually(lambda: client.get("/readyz"), lambda it: it.status_code == 200, seconds=30.0)


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
