"""The fast lane: polls that memory can answer at once, answered before routing and middleware.

Knows the cache by one method, and gives what the ordinary way would give, byte for byte; what it
cannot answer in one step it leaves alone. See docs/fast-lane.md.
"""

import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from api.lane_request import Asked
from api.v2.poll import Polled, matches, poll_headers
from jobs import Answer, Document

AtHand: TypeAlias = Callable[[str, int], Answer | None]
"""The near answer for a job, given the caller's floor; None: ask the ordinary way."""
Soon: TypeAlias = Callable[[str, int], Awaitable[Answer | None]]
"""The same, from Redis too."""
Observe: TypeAlias = Callable[[str, str, int, float], None]

LANE_STATE: Final = "tally_lane"
"""Under this name an application's lifespan leaves its lane in the state (ASGI, lifespan.state)."""
_MADE: Final = 10_000
"""So many answers' header lines are kept, about 1 KB each."""
ROUTE: Final = "/api/v2/jobs/{job_id}"


@dataclass(frozen=True, slots=True)
class Ready:
    """A whole answer: status, header lines as the ordinary way sends them, and body."""

    status: int
    headers: list[tuple[bytes, bytes]]
    lines: bytes
    """The same header lines, as they are sent."""
    body: bytes


class Lane:
    """Answers what it can; `observe` and `polled` are told of it, as of all other polls."""

    def __init__(self, at_hand: AtHand, soon: Soon, observe: Observe, polled: Polled) -> None:
        self._at_hand = at_hand
        self._soon = soon
        self._observe = observe
        self._polled = polled
        self._made: dict[tuple[str, bool], tuple[Answer, Ready]] = {}

    def at_once(self, job_id: str, asked: Asked, client: str) -> Ready | None:
        """The answer that needs no waiting; None, and nothing counted: ask the ordinary way."""
        began = time.perf_counter()
        answer = self._at_hand(job_id, asked.floor)
        return self._ready(answer, asked, client, began) if answer else None

    async def soon(self, job_id: str, asked: Asked, client: str) -> Ready | None:
        """The answer of any memory; None, and nothing counted: ask the ordinary way."""
        began = time.perf_counter()
        answer = await self._soon(job_id, asked.floor)
        return self._ready(answer, asked, client, began) if answer else None

    def _ready(self, answer: Answer, asked: Asked, client: str, began: float) -> Ready | None:
        document = answer.document
        if document is None:
            return None
        self._polled(document.id, client, last=document.done)
        has_it = asked.seen != "" and matches(asked.seen, document.etag)
        kept = self._made.get((document.id, has_it))
        if kept is not None and kept[0] is answer:
            ready = kept[1]
        else:
            ready = make(document, answer, has_it=has_it)
            self._keep(document.id, has_it, answer, ready)
        self._observe(ROUTE, "GET", ready.status, time.perf_counter() - began)
        return ready

    def _keep(self, job_id: str, has_it: bool, answer: Answer, ready: Ready) -> None:
        if len(self._made) >= _MADE:
            self._made.clear()  # cheaper than to know whose turn it is, and soon made again
        self._made[job_id, has_it] = answer, ready


def make(document: Document, answer: Answer, *, has_it: bool) -> Ready:
    """What the ordinary way would send. `has_it`: the client has this version. Pure."""
    headers = [
        (name.lower().encode(), value.encode())
        for name, value in poll_headers(document, answer).items()
    ]
    if not has_it:
        headers.append((b"content-length", b"%d" % len(document.body)))
        headers.append((b"content-type", b"application/json"))
    body = b"" if has_it else document.body
    return Ready(304 if has_it else 200, headers, header_lines(headers), body)


def header_lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Header lines as HTTP/1.1 sends them. Pure."""
    return b"".join([part for name, value in headers for part in (name, b": ", value, b"\r\n")])
