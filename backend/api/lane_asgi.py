"""The fast lane as plain ASGI, around the whole application: any server gains by it.

Answers near hits only: what must wait for Redis saves little here.
"""

from functools import lru_cache
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from api.lane import Lane
from api.lane_request import ID_LENGTH, PATH, asked_by

_PATH: Final = PATH.decode()
_LENGTH: Final = len(_PATH) + ID_LENGTH


class LaneApp:
    """`app`, but polls that the lane can answer never reach it."""

    def __init__(self, app: ASGIApp, lane: Lane) -> None:
        self.app = app
        self.lane = lane

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ready = None
        if scope["type"] == "http" and scope["method"] == "GET" and not scope.get("root_path"):
            path = scope["path"]
            if len(path) == _LENGTH and path.startswith(_PATH):
                asked = asked_by(scope["headers"])
                if asked is not None:
                    job_id, client = path[-ID_LENGTH:], scope.get("client")
                    host = client[0] if client else ""
                    ready = self.lane.at_once(job_id, asked, host)
        if ready is None:
            await self.app(scope, receive, send)
            return
        status, lines, rest, body = ready
        headers = [*_pairs(lines), *_pairs(rest)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@lru_cache(1024)
def _pairs(lines: bytes) -> tuple[tuple[bytes, bytes], ...]:
    return tuple(_pair(line) for line in lines.splitlines() if line)


@lru_cache(1024)  # most lines are those of other jobs, too: what is shared stays near the processor
def _pair(line: bytes) -> tuple[bytes, bytes]:
    name, _, value = line.partition(b": ")
    return name, value
