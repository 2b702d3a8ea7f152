"""Health: the database decides, Redis never does."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
from starlette.applications import Starlette

from api.health import health_routes
from api_service import Service
from jobs import StoreUnavailable


async def test_alive_and_ready_with_redis_down_is_only_degraded(service: Service) -> None:
    live, ready = await service.client.get("/livez"), await service.client.get("/readyz")

    assert (live.status_code, live.json()) == (200, {"status": "alive"})
    assert ready.status_code == 200
    assert ready.json() == {"status": "degraded", "database": "up", "cache": "down"}


class TestWithoutADatabase:
    @pytest.fixture
    def ready(self) -> Callable[[], Awaitable[None]]:
        async def down() -> None:
            raise StoreUnavailable

        return down

    async def test_it_is_alive_but_not_ready(self, service: Service) -> None:
        live, ready = await service.client.get("/livez"), await service.client.get("/readyz")

        assert live.status_code == 200
        assert (ready.status_code, ready.json()["database"]) == (503, "down")


async def test_while_jobs_cannot_be_queued_yet_it_is_starting_and_not_ready() -> None:
    async def up() -> None:
        return None

    app = Starlette(routes=health_routes(up, lambda: False, lambda: "up"))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://tally") as client:
        ready = await client.get("/readyz")

    assert ready.status_code == 503
    assert ready.json() == {"status": "starting", "database": "up", "cache": "up"}
