"""Health: the database decides, Redis never does."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest
from starlette.applications import Starlette

from api import health
from api.health import health_routes
from api_service import Service
from jobs import StoreUnavailable

Ping = Callable[[], Awaitable[None]]


async def asked(
    path: str,
    *,
    database: Ping | None = None,
    accepting: bool = True,
    cache: Callable[[], str] = lambda: "up",
) -> httpx.Response:
    """The answer of a process with such parts; everything is well with those not named."""
    app = Starlette(routes=health_routes(database or up, lambda: accepting, cache))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://tally") as client:
        return await client.get(path)


async def up() -> None:
    return None


async def down() -> None:
    raise StoreUnavailable


async def frozen() -> None:
    await asyncio.Event().wait()


def nobody_asks() -> str:
    raise AssertionError("somebody was asked")


async def nobody_pings() -> None:
    raise AssertionError("the database was asked")


async def test_alive_and_ready_with_redis_down_is_only_degraded(service: Service) -> None:
    live, ready = await service.client.get("/livez"), await service.client.get("/readyz")

    assert (live.status_code, live.json()) == (200, {"status": "alive"})
    assert ready.status_code == 200
    assert ready.json() == {"status": "degraded", "database": "up", "cache": "down"}


class TestWithoutADatabase:
    @pytest.fixture
    def ready(self) -> Callable[[], Awaitable[None]]:
        return down

    async def test_it_is_alive_but_not_ready(self, service: Service) -> None:
        live, ready = await service.client.get("/livez"), await service.client.get("/readyz")

        assert live.status_code == 200
        assert (ready.status_code, ready.json()["database"]) == (503, "down")


async def test_whether_it_is_alive_asks_nobody() -> None:
    live = await asked("/livez", database=nobody_pings, accepting=False, cache=nobody_asks)

    assert (live.status_code, live.json()) == (200, {"status": "alive"})


@pytest.mark.parametrize(
    ("cache", "status"), [("up", "ready"), ("off", "ready"), ("down", "degraded")]
)
async def test_redis_is_told_and_never_decides(cache: str, status: str) -> None:
    ready = await asked("/readyz", cache=lambda: cache)

    assert ready.status_code == 200
    assert ready.json() == {"status": status, "database": "up", "cache": cache}


@pytest.mark.parametrize("cache", ["up", "off", "down"])
async def test_a_database_that_is_away_decides_whatever_redis_is(cache: str) -> None:
    ready = await asked("/readyz", database=down, cache=lambda: cache)

    assert ready.status_code == 503
    assert ready.json() == {"status": "unready", "database": "down", "cache": cache}


async def test_a_database_that_does_not_answer_is_waited_for_with_a_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "_PATIENCE_SECONDS", 0.01)
    async with asyncio.timeout(5):
        ready = await asked("/readyz", database=frozen)

    assert (ready.status_code, ready.json()["database"]) == (503, "down")


async def test_while_jobs_cannot_be_queued_yet_it_is_starting_and_not_ready() -> None:
    ready = await asked("/readyz", accepting=False)

    assert ready.status_code == 503
    assert ready.json() == {"status": "starting", "database": "up", "cache": "up"}


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
async def test_no_answer_about_health_is_kept_by_anybody_in_between(path: str) -> None:
    assert (await asked(path)).headers["cache-control"] == "no-store"
