"""Where uvicorn is another one than the lane knows, uvicorn's own protocol serves."""

import logging
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from api import lane_needs, lane_protocol, lane_uvicorn


async def nothing(scope: Any, receive: Any, send: Any) -> None: ...


CONFIG = Config(nothing, log_config=None)


def test_the_lane_serves_with_this_uvicorn() -> None:
    assert lane_protocol.Protocol is lane_uvicorn.LaneProtocol


async def test_with_another_uvicorn_its_own_protocol_serves_and_the_log_says_so_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(lane_needs._NEEDED, HttpToolsProtocol, "pipeline pipeline_of_another")
    with caplog.at_level(logging.WARNING):
        chosen = lane_protocol._choose()
        connections = [chosen(CONFIG, ServerState(), {}) for _ in range(2)]

    assert [type(connection) for connection in connections] == [AutoHTTPProtocol] * 2
    assert [record.getMessage() for record in caplog.records] == [
        "the fast lane is off, polls go the ordinary way: this uvicorn has no pipeline_of_another"
    ]
