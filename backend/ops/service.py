"""Asks a running service over HTTP: EDGE. It judges nothing; every outcome is a value."""

import asyncio
import json
import time
from collections.abc import Mapping
from http.client import HTTPException, IncompleteRead
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from ops.blocking import within
from ops.printable import printable
from ops.service_seen import Page, ServiceSeen

SECONDS: Final = 2.0
"""For one page, whatever happens."""
_LONGEST: Final = 8 * 2**20
"""Bytes read of a page: metrics have some 50 KB, a list of jobs some 500."""
_REASON: Final = 100
"""Characters of why nothing came of it: many findings repeat them."""


class BadServiceUrl(Exception):
    """What was given as an option is no URL of a service."""

    def __init__(self, option: str) -> None:
        super().__init__(
            f"{option} must be http://host:port or https://host:port, without an account or a path."
        )


class _NoRedirect(HTTPRedirectHandler):
    """Who sends us elsewhere is not the service: its 3xx is the answer."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Service:
    """One service by its URL. Environment variables that name proxies mean nothing here."""

    def __init__(self, url: str, *, seconds: float = SECONDS, option: str = "--url") -> None:
        """Nothing is asked yet. Raises BadServiceUrl, which names the option it came by."""
        self.url = _checked(url, option)
        self._seconds = seconds
        self._opener = build_opener(ProxyHandler({}), _NoRedirect)

    async def livez(self) -> Page:
        return await self.page("/livez")

    async def readyz(self) -> Page:
        return await self.page("/readyz")

    async def stats(self) -> Page:
        return await self.page("/api/v2/cache/stats")

    async def metrics(self) -> Page:
        return await self.page("/metrics")

    async def seen(self) -> ServiceSeen:
        """All four pages, asked at once."""
        livez, readyz, stats, metrics = await asyncio.gather(
            self.livez(), self.readyz(), self.stats(), self.metrics()
        )
        return ServiceSeen(url=self.url, livez=livez, readyz=readyz, stats=stats, metrics=metrics)

    async def page(
        self,
        path: str,
        send: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """What a GET of the path gets; with `send` what a POST of that as JSON gets. Never raises.

        An error status is an answer like any other.
        """
        body = None if send is None else json.dumps(send).encode()
        told = {"User-Agent": "tally-ops", **(headers or {})}
        if body is not None:
            told["Content-Type"] = "application/json"
        request = Request(f"{self.url}{path}", data=body, headers=told)
        began = time.monotonic()
        try:
            status, said = await within(self._seconds, lambda: self._fetch(request))
        except TimeoutError:
            return Page(trouble=f"does not answer within {self._seconds:g} s")
        except (OSError, HTTPException, ValueError) as error:
            return Page(trouble=_why(error), seconds=time.monotonic() - began)
        return Page(status=status, body=said, seconds=time.monotonic() - began)

    def _fetch(self, request: Request) -> tuple[int, bytes]:
        try:
            with self._opener.open(request, timeout=self._seconds) as answer:
                return answer.status, _whole(answer)
        except HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read(_LONGEST)


def _whole(answer: Any) -> bytes:
    """The body. Raises IncompleteRead where the connection broke off: urllib would say nothing."""
    body: bytes = answer.read(_LONGEST)
    if answer.length and len(body) < _LONGEST:
        raise IncompleteRead(body, answer.length)
    return body


def _checked(url: str, option: str) -> str:
    try:
        parts: SplitResult = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        raise BadServiceUrl(option) from None
    more = parts.username or parts.password or parts.path.strip("/") or parts.query
    if not usable or more or "@" in parts.netloc:
        raise BadServiceUrl(option)
    return f"{parts.scheme}://{parts.netloc}"


def _why(error: Exception) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, TimeoutError):
        return "does not answer in time"
    words = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    return f"cannot be asked: {printable(words, longest=_REASON)}"
