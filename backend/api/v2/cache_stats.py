"""GET /cache/stats: how the cache is doing, as the deployment guide shows it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from starlette.responses import Response

from api.v2.schemas import CacheStatsDocument


def cache_routes(
    enabled: bool, statistics: Callable[[], Awaitable[Mapping[str, Any]]]
) -> APIRouter:
    """`enabled` is the setting; in the statistics `redis_enabled` is the live state."""
    router = APIRouter()

    @router.get("/cache/stats", name="cache statistics", response_model=CacheStatsDocument)
    async def stats() -> Response:
        content = {"cache_enabled": enabled, "statistics": dict(await statistics())}
        return JSONResponse(content, headers={"Cache-Control": "no-store"})

    return router
