"""Where uvicorn is another one than the lane knows, uvicorn's own protocol serves."""

import logging
import sys
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
    monkeypatch.setitem(lane_needs._NEEDED, HttpToolsProtocol, "cycle cycle_of_another")
    with caplog.at_level(logging.WARNING):
        chosen = lane_protocol._choose()
        connections = [chosen(CONFIG, ServerState(), {}) for _ in range(2)]

    assert [type(connection) for connection in connections] == [AutoHTTPProtocol] * 2
    assert [record.getMessage() for record in caplog.records] == [
        "the fast lane is off, polls go the ordinary way: this uvicorn has no cycle_of_another"
    ]


async def test_without_httptools_uvicorns_own_choice_serves(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn.protocols.http.httptools_impl", None)
    monkeypatch.delitem(sys.modules, "api.lane_needs")
    connection = lane_protocol._choose()(CONFIG, ServerState(), {})

    assert type(connection) is AutoHTTPProtocol
    assert "the fast lane is off" in caplog.text
    assert "ModuleNotFoundError" in caplog.text


async def test_internals_that_cannot_be_looked_at_are_those_of_another_uvicorn(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    compiled = dict
    monkeypatch.setitem(lane_needs._NEEDED, compiled, "cycle")
    connection = lane_protocol._choose()(CONFIG, ServerState(), {})

    assert type(connection) is AutoHTTPProtocol
    assert "the fast lane is off" in caplog.text
    assert "TypeError" in caplog.text
