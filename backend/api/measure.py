"""Counts and times every request: pure ASGI (a `BaseHTTPMiddleware` costs 375 us a request)."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from starlette._utils import get_route_path  # private, but FastAPI's own routing leans on it, too
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_arrived: Final = ContextVar[list[float] | None]("_arrived", default=None)
"""Taken out by the first request that begins there: what else begins in its context is another."""


@contextmanager
def arrived(at: float) -> Iterator[None]:
    """The request that begins within came `at` then, by `time.perf_counter`, and has waited."""
    before = _arrived.set([at])
    try:
        yield
    finally:
        _arrived.reset(before)


class Measured:
    """Tells `observe(route, method, status, seconds)` of each request, by route template.

    Routes come from a short list, since Starlette does not say which one matched; the rest is
    `other`, so that strangers cannot make up label values.
    """

    def __init__(self, app: ASGIApp, observe: Callable[[str, str, int, float], None]) -> None:
        self._app = app
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        waited = _arrived.get()
        started = waited.pop() if waited else time.perf_counter()
        status = 500

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note)
        finally:
            seconds = time.perf_counter() - started
            self._observe(route_of(scope), scope["method"], status, seconds)


_OTHER: Final = "other"
_TEMPLATES: Final = tuple(
    (re.compile(re.sub(r"\{\w+\}", "[^/]+", template)), template)
    for template in (
        "/api/v2/jobs",
        "/api/v2/jobs/batch",
        "/api/v2/jobs/{job_id}",
        "/api/v2/jobs/{job_id}/cancel",
        "/api/v2/jobs/{job_id}/retry",
        "/api/v2/jobs/{job_id}/outputs/{name}",
        "/api/v2/cache/stats",
        "/livez",
        "/readyz",
        "/metrics",
        "/",
    )
)
ROUTES: Final = (*(template for _, template in _TEMPLATES), _OTHER)
"""All that `route_of` gives."""


def route_of(scope: Scope) -> str:
    """The route that a request is for, `other` for all the rest. A prefix of all paths
    (`--root-path`) is no part of it. Pure."""
    root = scope.get("app_root_path", scope.get("root_path", ""))  # a mount lengthens `root_path`
    path = get_route_path({"path": scope["path"], "root_path": root})
    for pattern, template in _TEMPLATES:
        if pattern.fullmatch(path):
            return template
    return _OTHER
