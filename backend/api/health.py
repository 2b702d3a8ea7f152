"""Whether this process should get traffic. Redis never decides: it is an optimization.

`/livez` asks nobody; `/readyz` asks the database only, and tells of Redis in its body.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_PATIENCE_SECONDS: Final = 2.0
"""How long a database may take to answer before this process calls itself not ready."""


def health_routes(
    database: Callable[[], Awaitable[None]],
    accepting: Callable[[], bool],
    cache_state: Callable[[], str],
) -> list[Route]:
    """`database` raises while the database is unusable; `accepting`: whether jobs can be queued;
    `cache_state` says up, down or off."""

    async def livez(request: Request) -> Response:
        return _json(200, {"status": "alive"})

    async def readyz(request: Request) -> Response:
        cache = cache_state()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await database()
        except Exception:
            return _json(503, {"status": "unready", "database": "down", "cache": cache})
        if not accepting():  # migrating, or loading the job engine
            return _json(503, {"status": "starting", "database": "up", "cache": cache})
        status = "degraded" if cache == "down" else "ready"
        return _json(200, {"status": status, "database": "up", "cache": cache})

    return [Route("/livez", livez), Route("/readyz", readyz)]


def _json(status: int, content: dict[str, str]) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(json.dumps(content), status, headers, media_type="application/json")
