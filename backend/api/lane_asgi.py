"""The fast lane as plain ASGI, around the whole application: any server gains by it."""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from api.lane import Lane
from api.lane_request import ID_LENGTH, PATH, asked_by

_PATH: Final = PATH.decode()
_LENGTH: Final = len(_PATH) + ID_LENGTH


class LaneApp:
    """`app`, but polls that the lane can answer never reach it."""

    def __init__(self, app: ASGIApp, lane: Lane) -> None:
        self._app = app
        self._lane = lane

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET":
            path = scope["path"]
            if len(path) == _LENGTH and path.startswith(_PATH):
                asked = asked_by(scope["headers"])
                client = (scope.get("client") or ("",))[0]
                ready = await self._lane.soon(path[-ID_LENGTH:], asked, client) if asked else None
                if ready:
                    await send(
                        {
                            "type": "http.response.start",
                            "status": ready.status,
                            "headers": ready.headers,
                        }
                    )
                    await send({"type": "http.response.body", "body": ready.body})
                    return
        await self._app(scope, receive, send)
