"""What is no poll passes through the lane untouched."""

from typing import Any

import pytest

from api.lane import Lane
from api.lane_asgi import LaneApp

JOB = "job_" + "0" * 26


def never(*args: Any, **named: Any) -> Any:
    raise AssertionError("it was asked")


def nobody(*args: Any, **named: Any) -> None:
    raise AssertionError("it was counted")


@pytest.mark.parametrize(
    "scope",
    [
        {"type": "lifespan"},
        {"type": "websocket", "path": f"/api/v2/jobs/{JOB}", "headers": []},
        {"type": "http", "method": "HEAD", "path": f"/api/v2/jobs/{JOB}", "headers": []},
        {"type": "http", "method": "GET", "path": f"/api/v2/jobs/{JOB}/events", "headers": []},
        {"type": "http", "method": "GET", "path": "/api/v2/jobs/batch", "headers": []},
        {
            "type": "http",
            "method": "GET",
            "path": f"/api/v2/jobs/{JOB}",
            "headers": [(b"prefer", b"wait=5")],
        },
        {
            "type": "http",
            "method": "GET",
            "root_path": "/api",
            "path": f"/api/v2/jobs/{JOB}",
            "headers": [],
        },
    ],
    ids=lambda scope: f"{scope['type']} {scope.get('method', '')}{scope.get('path', '')[12:]}",
)
async def test_all_else_is_the_applications(scope: dict[str, Any]) -> None:
    met = []

    async def app(*call: Any) -> None:
        met.append(call)

    async def receive() -> Any: ...

    async def send(message: Any) -> None: ...

    lane = Lane(never, never, nobody, nobody)
    await LaneApp(app, lane)(scope, receive, send)

    assert met == [(scope, receive, send)]
