"""The HTTP protocol class of uvicorn with the fast lane in it: EDGE, leans on uvicorn's internals.

Answers a poll that comes whole in one read, between two other requests, before a task or a scope is
made for it. Everything else is uvicorn's, untouched. docs/fast-lane.md names what it leans on.
"""

import time
from functools import partial
from typing import Any, Final

from uvicorn.config import Config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api.lane import Lane, Ready
from api.lane_asgi import LaneApp
from api.lane_request import ID_LENGTH, PATH, Asked
from api.lane_tail import read_tail
from api.measure import arrived

_BEGIN: Final = b"GET " + PATH
_ID_BEGIN: Final = len(_BEGIN)
_ID_END: Final = _ID_BEGIN + ID_LENGTH
_AGAIN_SECONDS: Final = 0.1
"""Between looks whether a poll still waits, once its connection would else be idle."""
_LONG: Final = 4096
"""Bytes beyond which a request is none for the lane: its header lines are kept with each
connection."""
_CLOSE: Final = b"connection: close\r\n\r\n"
_FRAMING: Final = frozenset({b"connection", b"content-length", b"transfer-encoding"})
"""Header lines that do more than stand in an answer, where the server adds them to each."""


def _lane_of(config: Config) -> Lane | None:
    """None where something stands around the application that must not be passed by, or where
    uvicorn counts requests under way, or ends connections, or where paths have a prefix."""
    app = config.loaded_app
    if isinstance(app, ProxyHeadersMiddleware):
        app = app.app
    usual = config.limit_concurrency is None and not config.root_path
    plain = not any(name in _FRAMING for name, _ in config.encoded_headers)
    return app.lane if usual and plain and isinstance(app, LaneApp) else None


class LaneProtocol(HttpToolsProtocol):
    """One connection. Answers in the order of the requests: the lane only answers between them."""

    def __init__(
        self, config: Any, server_state: Any, app_state: dict[str, Any], **rest: Any
    ) -> None:
        super().__init__(config, server_state, app_state, **rest)
        self._lane = _lane_of(config)
        self._asks = not getattr(config, "reset_contextvars", False)  # else it would ask twice
        self._inside = False
        self._free = False
        self._tail = b""
        self._length = 0
        self._asked: Asked | None = None
        self._host = ""
        self._dated: list[tuple[bytes, bytes]] | None = None
        self._date = b""
        self._answered_at = 0.0
        self._kept: list[bytes] | None = None
        self._ends = False

    def on_message_begin(self) -> None:
        self._inside = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._inside = False
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        free = self._free or self._is_free()
        if not (free and data.startswith(_BEGIN) and self._answer(data)):
            self._pass(data)

    def _pass(self, data: bytes) -> None:
        """On to uvicorn, once no poll waits for Redis before it."""
        if self._kept is not None:
            self._kept.append(data)
            self.flow.pause_reading()
        else:
            self._free = False
            super().data_received(data)

    def pause_writing(self) -> None:
        self._free = False
        super().pause_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._kept = None
        super().connection_lost(exc)

    def shutdown(self) -> None:
        if self._kept is not None:
            self._ends = True  # once the poll that waits is answered
        else:
            super().shutdown()

    def timeout_keep_alive_handler(self) -> None:
        """Not rearmed at each answer of the lane, which would cost more than the check here."""
        left = self._answered_at + self.timeout_keep_alive - self.loop.time()
        if left > 0 or self._kept is not None:
            self._arm(max(left, _AGAIN_SECONDS))
        else:
            super().timeout_keep_alive_handler()

    def _is_free(self) -> bool:
        """Whether nothing is under way on this connection, and it has room for an answer. While
        only the lane answers it stays so."""
        self._free = (
            self._lane is not None
            and self._kept is None
            and not self._ends
            and not self._inside
            and (self.cycle is None or self.cycle.response_complete)
            and not self.flow.write_paused
        )
        return self._free

    def _answer(self, data: bytes) -> bool:
        """Whether it could, and did."""
        if len(data) != self._length or not data.endswith(self._tail):
            if len(data) > _LONG:
                return False
            self._read(data)
        asked, lane = self._asked, self._lane
        if asked is None or lane is None:
            return False
        job_id = data[_ID_BEGIN:_ID_END].decode("latin-1")
        ready = lane.at_once(job_id, asked, self._host)
        if ready is not None:
            self._send(ready, job_id)
            return True
        told = partial(self._told, job_id, time.perf_counter())
        if self._asks and lane.ask_soon(job_id, asked, self._host, told):
            self._kept, self._free = [data], False
            return True
        return False

    def _read(self, data: bytes) -> None:
        """What the header lines ask for. Seldom: a client sends the same ones again."""
        self._length, self._tail = len(data), data[_ID_END:]
        self._asked = read_tail(self._tail)
        if self._asked is not None:
            self._host = self._asked.forwarded_for or (self.client[0] if self.client else "")

    def _told(self, job_id: str, came_at: float, ready: Ready | None) -> None:
        if self._kept is None:
            return  # the client has left
        (poll, *behind), self._kept = self._kept, None
        if ready is None:
            with arrived(came_at):
                super().data_received(poll)
        elif self._ends and not behind:
            status, lines, rest, body = ready
            self._send((status, lines, rest[:-2] + _CLOSE, body), job_id)
        else:
            self._send(ready, job_id)
        if behind:
            self.flow.resume_reading()
        for data in behind:
            self.data_received(data)
        if self._ends:
            self.shutdown()

    def _send(self, ready: Ready, job_id: str) -> None:
        state = self.server_state
        if self._dated is not state.default_headers:  # once a second: it has the date
            self._dated = state.default_headers
            self._date = b"".join([b"%b: %b\r\n" % pair for pair in state.default_headers])
        status, lines, rest, body = ready
        self.transport.write(b"".join((STATUS_LINE[status], self._date, lines, rest, body)))
        state.total_requests += 1
        self._answered_at = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._arm(self.timeout_keep_alive)
        if self.access_log:
            self._log(job_id, status)

    def _arm(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )

    def _log(self, job_id: str, status: int) -> None:
        client = f"{self.client[0]}:{self.client[1]}" if self.client else ""
        path = PATH.decode() + job_id
        self.access_logger.info('%s - "%s %s HTTP/%s" %d', client, "GET", path, "1.1", status)
