"""The page at `/` and its assets, as plain Starlette routes.

Keeps away from jobs, cache and settings: everything the page shows comes from the API, over HTTP.
"""

from collections.abc import MutableMapping
from os import PathLike, stat_result
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).with_name("static")

# blob: is for the chosen file's own preview, which never leaves the browser.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' blob:",
        "media-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    # Kept by browsers but asked about each time: a new release is seen at once, for a 304's price.
    "Cache-Control": "no-cache",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Assets(StaticFiles):
    """Files with an ETag, a 304 where it fits, and the page's security headers on every answer."""

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: MutableMapping[str, Any],
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(HEADERS)
        return response


def routes() -> list[BaseRoute]:
    """The page, its icon and its assets. Raises RuntimeError when the assets are not installed."""
    assets = Assets(directory=STATIC)

    async def page(request: Request) -> Response:
        return await assets.get_response("index.html", request.scope)

    async def icon(request: Request) -> Response:
        return await assets.get_response("favicon.svg", request.scope)

    return [
        Route("/", page, name="page", include_in_schema=False),
        Route("/favicon.ico", icon, name="icon", include_in_schema=False),
        Mount("/static", assets, name="static"),
    ]
