"""Where uvicorn is another one than the lane knows, uvicorn's own protocol serves."""

import logging
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.server import ServerState

from api import lane_protocol, lane_uvicorn


async def nothing(scope: Any, receive: Any, send: Any) -> None: ...


CONFIG = Config(nothing, log_config=None)


def test_this_uvicorn_is_one_that_the_lane_knows() -> None:
    assert lane_uvicorn.changed() == ""
    assert lane_protocol.Protocol is lane_uvicorn.LaneProtocol


@pytest.mark.parametrize("name", ["pipeline", "timeout_keep_alive_task"])
async def test_with_another_uvicorn_its_own_protocol_serves_and_the_log_says_so_once(
    name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    needed = lane_uvicorn._ATTRIBUTES - {name} | {f"{name}_of_another"}
    monkeypatch.setattr(lane_uvicorn, "_ATTRIBUTES", needed)
    with caplog.at_level(logging.WARNING):
        chosen = lane_protocol._choose()
        connections = [chosen(CONFIG, ServerState(), {}) for _ in range(2)]

    assert [type(connection) for connection in connections] == [AutoHTTPProtocol] * 2
    assert [record.getMessage() for record in caplog.records] == [
        f"the fast lane is off, polls go the ordinary way: this uvicorn has no {name}_of_another"
    ]


@pytest.mark.parametrize(
    ("kind", "name"),
    [("_FLOW", "write_paused"), ("_STATE", "default_headers"), ("_CYCLE", "response_complete")],
)
def test_what_it_leans_on_elsewhere_in_uvicorn_is_looked_for_too(
    kind: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = getattr(lane_uvicorn, kind) - {name} | {f"{name}_of_another"}
    monkeypatch.setattr(lane_uvicorn, kind, needed)

    assert lane_uvicorn.changed() == f"this uvicorn has no {name}_of_another"
