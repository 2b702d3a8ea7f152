"""One connection of a uvicorn with the fast lane, without a socket: bytes in, bytes out."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from api.lane import Lane
from api.lane_asgi import LaneApp
from api.lane_uvicorn import LaneProtocol
from api.measure import Measured
from example_documents import a_document
from jobs import Answer

TAIL = b" HTTP/1.1\r\nHost: tally\r\n\r\n"
DOCUMENT = a_document()
NEAR = Answer(document=DOCUMENT, hit=True, detail="near", ttl=29.0)
POLL = f"GET /api/v2/jobs/{DOCUMENT.id}".encode() + TAIL


class Link(asyncio.Transport):
    """A client's end: keeps what was written, and knows whether it was closed."""

    def __init__(self) -> None:
        super().__init__({"peername": ("10.0.0.9", 1234)})
        self.written: list[bytes] = []
        self.closed = False
        self.reading = True

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


class Connection:
    """A connection of a server whose lane knows one job; `passed` counts what the app was asked.

    `redis`: what has been asked of Redis and waits to be told; `seconds`: what was observed of the
    application's requests.
    """

    def __init__(
        self,
        *,
        access_log: bool = False,
        redis: bool = False,
        breaks: str = "",
        within: bool = False,
        **config: Any,
    ) -> None:
        self.passed = 0
        self.polled: list[str] = []
        self.redis: list[Callable[[Answer | None], None]] = []
        self.seconds: list[float] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            self.passed += 1

        def at_hand(job_id: str, floor: int, owner: str) -> Answer | None:
            if breaks == "memory":
                raise RuntimeError("memory failed")
            return NEAR if job_id == DOCUMENT.id and not redis else None

        def ask_soon(
            job_id: str, floor: int, owner: str, *, tell: Callable[[Answer | None], None]
        ) -> bool:
            self.redis.append(tell)
            return redis

        lane = Lane(
            at_hand,
            ask_soon,
            partial(_laned, breaks),
            lambda job_id, client, last: self.polled.append(client),
        )
        observed = Measured(app, lambda *request: self.seconds.append(request[-1]))
        laned = LaneApp(observed, lane)

        async def around(scope: Any, receive: Any, send: Any) -> None:
            await laned(scope, receive, send)

        made = uvicorn.Config(around if within else laned, log_config=None, **config)
        self.state = ServerState()
        self.state.default_headers = [(b"server", b"uvicorn")]
        self.protocol = LaneProtocol(made, self.state, {})
        self.protocol.access_log = access_log
        self.link = Link()
        self.protocol.connection_made(self.link)

    @property
    def said(self) -> bytes:
        return b"".join(self.link.written)


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def _laned(breaks: str, status: int, seconds: float) -> None:
    if breaks == "counting":
        raise RuntimeError("counting failed")
