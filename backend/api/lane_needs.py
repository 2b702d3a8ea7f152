"""What the fast lane leans on of uvicorn's internals, and whether this uvicorn still has it."""

from dis import get_instructions
from itertools import chain
from typing import Final

from uvicorn.config import Config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

_NEEDED: Final[dict[type, str]] = {
    Config: "encoded_headers limit_concurrency loaded_app root_path",
    FlowControl: "pause_reading resume_reading write_paused",
    HttpToolsProtocol: (
        "access_log access_logger client cycle flow loop server_state timeout_keep_alive "
        "timeout_keep_alive_task transport connection_lost data_received on_message_begin "
        "on_message_complete pause_writing shutdown timeout_keep_alive_handler"
    ),
    ProxyHeadersMiddleware: "app",
    RequestResponseCycle: "response_complete",
    ServerState: "default_headers total_requests",
}
"""Of each class what it must set when it is made or loaded, or have as a method."""


def changed() -> str:
    """What of the internals needed is not there; empty where all is."""
    missing = [
        name for kind, names in _NEEDED.items() for name in names.split() if name not in _has(kind)
    ]
    return f"this uvicorn has no {', '.join(missing)}" if missing else ""


def _has(kind: type) -> set[str]:
    setters = [getattr(kind, name) for name in ("__init__", "load") if hasattr(kind, name)]
    steps = chain.from_iterable(map(get_instructions, setters))
    return {*dir(kind), *(it.argval for it in steps if it.opname == "STORE_ATTR")}
