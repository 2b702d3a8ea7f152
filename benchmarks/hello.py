"""A raw ASGI hello world with a body of a job document's size: no framework, no look-up at all."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

Message = MutableMapping[str, Any]

BODY: Final = b"x" * 2048
_HEADERS: Final = [(b"content-length", b"2048"), (b"content-type", b"application/json")]
_LINES: Final = [
    (b"etag", b'"1.1"'),
    (b"cache-control", b"private, no-cache"),
    (b"cache-status", b"tally; hit; ttl=29; detail=near"),
    (b"age", b"0"),
    (b"retry-after", b"2"),
]
"""Those of a poll, as Tally answers it."""
_WHOLE: Final = [*_LINES, *_HEADERS]


async def app(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": BODY})


async def with_lines(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """The same with a poll's header lines, and 304 for whoever has any version."""
    if scope["type"] != "http":
        return
    status, lines, body = 200, _WHOLE, BODY
    for name, _ in scope["headers"]:
        if name == b"if-none-match":
            status, lines, body = 304, _LINES, b""
            break
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body})
