"""Puts the HTTP interface together from its parts. Knows no cache, no database, no engine."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.health import health_routes
from api.lane import AskSoon, AtHand, Lane, Laned
from api.lane_asgi import LaneApp
from api.measure import Measured
from api.problems import answer_problems
from api.v2.batch import batch_route
from api.v2.cache_stats import cache_routes
from api.v2.create import Creation, create_routes
from api.v2.jobs import job_routes
from api.v2.openapi import complete
from api.v2.outputs import output_routes
from api.v2.poll import Polled, poll_route
from api.v2.retry import retry_routes
from jobs import JobFiles, JobStore

Application: TypeAlias = LaneApp

PREFIX: Final = "/api/v2"


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the HTTP interface is built on.

    `ping` raises while the database is unusable. `accepting` returns once jobs can be queued, or
    raises StoreUnavailable; `is_accepting` says whether it would at once. `observe` is told of each
    request but those that the fast lane answers, of which `laned` is told; `polled` of each poll
    that found its job. `at_hand` and `ask_soon` are the store's own answers from memory alone.
    """

    store: JobStore
    files: JobFiles
    upload_max_bytes: int
    deadline_seconds: float
    cache_enabled: bool
    cache_statistics: Callable[[], Awaitable[Mapping[str, Any]]]
    cache_state: Callable[[], str]
    ping: Callable[[], Awaitable[None]]
    is_accepting: Callable[[], bool]
    accepting: Callable[[], Awaitable[None]]
    metrics: Callable[[], Awaitable[tuple[bytes, str]]]
    observe: Callable[[str, str, int, float], None]
    laned: Laned
    polled: Polled
    pages: Sequence[BaseRoute]
    lifespan: Callable[[Any], AbstractAsyncContextManager[None]]
    at_hand: AtHand
    ask_soon: AskSoon


def create_api(parts: Parts) -> Application:
    """The whole application: API, health, metrics, and the pages it is given."""
    lane = Lane(parts.at_hand, parts.ask_soon, parts.laned, parts.polled)
    app = FastAPIOffline(  # /docs and /redoc bring their scripts along: no CDN
        title="Tally",
        version="2",
        summary="A video job API whose status may be asked for as often as anyone likes.",
        lifespan=parts.lifespan,
        redirect_slashes=False,
    )
    answer_problems(app)
    app.router.routes.append(batch_route(parts.store))  # before the poll, whose path it fits, too
    app.router.routes.append(poll_route(parts.store, parts.polled))
    creation = Creation(
        store=parts.store,
        files=parts.files,
        upload_max_bytes=parts.upload_max_bytes,
        deadline_seconds=parts.deadline_seconds,
        accepting=parts.accepting,
    )
    for router in (
        create_routes(creation),
        retry_routes(creation),
        job_routes(parts.store, parts.files),
        output_routes(parts.store, parts.files),
        cache_routes(parts.cache_enabled, parts.cache_statistics),
    ):
        app.include_router(router, prefix=PREFIX)
    app.router.routes.extend(health_routes(parts.ping, parts.is_accepting, parts.cache_state))
    app.router.routes.append(_metrics_route(parts.metrics))
    app.router.routes.extend(parts.pages)
    _describe(app)
    app.add_middleware(Measured, observe=parts.observe)
    return LaneApp(app, lane)  # around all layers: even two idle ones cost as much as a poll


def _metrics_route(render: Callable[[], Awaitable[tuple[bytes, str]]]) -> Route:
    async def metrics(request: Request) -> Response:
        body, media_type = await render()
        return Response(body, headers={"Content-Type": media_type})

    return Route("/metrics", metrics)


def _describe(app: FastAPI) -> None:
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = complete(plain())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend it
