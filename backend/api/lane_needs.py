"""What the fast lane leans on of uvicorn's internals, and whether this uvicorn still has it."""

from dis import get_instructions
from typing import Final

from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

_NEEDED: Final[dict[type, str]] = {
    Config: "limit_concurrency root_path",
    FlowControl: "pause_reading read_paused resume_reading write_paused",
    HttpToolsProtocol: (
        "access_log access_logger client cycle flow loop pipeline server_state timeout_keep_alive "
        "timeout_keep_alive_task transport connection_lost data_received on_message_begin "
        "on_message_complete pause_writing shutdown timeout_keep_alive_handler"
    ),
    RequestResponseCycle: "response_complete",
    ServerState: "default_headers total_requests",
}
"""Of each class what it must set when it is made, or have as a method."""


def changed() -> str:
    """What of the internals needed is not there; empty where all is."""
    missing = [
        name for kind, names in _NEEDED.items() for name in names.split() if name not in _has(kind)
    ]
    return f"this uvicorn has no {', '.join(missing)}" if missing else ""


def _has(kind: type) -> set[str]:
    made = get_instructions(kind.__init__)  # type: ignore[misc]
    return {*dir(kind), *(it.argval for it in made if it.opname == "STORE_ATTR")}
