"""What the lane leans on of uvicorn is looked for, each by its name."""

import pytest
from uvicorn.config import Config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from api import lane_needs


def test_this_uvicorn_is_one_that_the_lane_knows() -> None:
    assert lane_needs.changed() == ""


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (HttpToolsProtocol, "timeout_keep_alive_task"),
        (FlowControl, "write_paused"),
        (ServerState, "default_headers"),
        (RequestResponseCycle, "response_complete"),
        (Config, "root_path"),
        (Config, "loaded_app"),
        (ProxyHeadersMiddleware, "app"),
    ],
)
def test_whatever_it_leans_on_and_is_not_there_is_named(
    kind: type, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert name in lane_needs._NEEDED[kind].split()
    monkeypatch.setitem(lane_needs._NEEDED, kind, f"{name} {name}_of_another")

    assert lane_needs.changed() == f"this uvicorn has no {name}_of_another"
