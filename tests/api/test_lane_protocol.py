"""Where uvicorn is another one than the lane knows, uvicorn's own protocol serves."""

import logging
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from api import lane_protocol, lane_uvicorn


async def nothing(scope: Any, receive: Any, send: Any) -> None: ...


def need_another(kind: type, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names = lane_uvicorn._NEEDED[kind].split()
    assert name in names
    names[names.index(name)] += "_of_another"
    monkeypatch.setitem(lane_uvicorn._NEEDED, kind, " ".join(names))


CONFIG = Config(nothing, log_config=None)


def test_this_uvicorn_is_one_that_the_lane_knows() -> None:
    assert lane_uvicorn.changed() == ""
    assert lane_protocol.Protocol is lane_uvicorn.LaneProtocol


@pytest.mark.parametrize("name", ["pipeline", "timeout_keep_alive_task"])
async def test_with_another_uvicorn_its_own_protocol_serves_and_the_log_says_so_once(
    name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    need_another(HttpToolsProtocol, name, monkeypatch)
    with caplog.at_level(logging.WARNING):
        chosen = lane_protocol._choose()
        connections = [chosen(CONFIG, ServerState(), {}) for _ in range(2)]

    assert [type(connection) for connection in connections] == [AutoHTTPProtocol] * 2
    assert [record.getMessage() for record in caplog.records] == [
        f"the fast lane is off, polls go the ordinary way: this uvicorn has no {name}_of_another"
    ]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (FlowControl, "write_paused"),
        (ServerState, "default_headers"),
        (RequestResponseCycle, "response_complete"),
        (Config, "root_path"),
    ],
)
def test_what_it_leans_on_elsewhere_in_uvicorn_is_looked_for_too(
    kind: type, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    need_another(kind, name, monkeypatch)

    assert lane_uvicorn.changed() == f"this uvicorn has no {name}_of_another"
