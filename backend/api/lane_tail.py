"""Reads what follows a job's id in a poll, with the parser that the ordinary way uses: EDGE.

Knows the bytes of HTTP/1.1, and no connection.
"""

from typing import Final

import httptools

from api.lane_request import Asked, asked_by

_LINE_END: Final = b" HTTP/1.1\r\n"
_END: Final = b"\r\n\r\n"


class _Found:
    """Collects what uvicorn's own parser finds. Does not know it: they would be a circle, which
    only the garbage collector ends."""

    def __init__(self) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.begun = 0
        self.complete = 0

    def on_message_begin(self) -> None:
        self.begun += 1

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_message_complete(self) -> None:
        self.complete += 1


def read_tail(tail: bytes) -> Asked | None:
    """What the rest of a request asks for, behind the job's id; None unless it is one whole request
    that the lane may answer."""
    if not (tail.startswith(_LINE_END) and tail.endswith(_END)):
        return None
    found = _Found()
    try:
        httptools.HttpRequestParser(found).feed_data(b"GET /" + tail)
    except (httptools.HttpParserError, httptools.HttpParserUpgrade):
        return None
    return asked_by(found.headers) if (found.begun, found.complete) == (1, 1) else None
