"""Health: the database decides, Redis never does."""

from collections.abc import Awaitable, Callable

import pytest

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
