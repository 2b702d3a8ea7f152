"""Follows a channel over a connection of its own, and knows when that is lost.

Knows nothing of the driver but what it asks of a connection.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

SILENCE_SECONDS: Final = 2.0
"""A listening connection that was silent for so long is lost."""
_CHANCES: Final = 3
"""The parts of a silence, each but the last ended by a PING; counted, not timed: a loop that was
late itself must read first what lies there."""


class Line(Protocol):
    """A connection of the driver's, subscribed."""

    socket_timeout: float | None

    def send_command(self, *words: Any) -> Awaitable[None]: ...

    def read_response(
        self, *, timeout: float | None = None, disconnect_on_error: bool = True
    ) -> Awaitable[Any]: ...


async def follow(
    connection: Line, deliver: Callable[[bytes], None], heard: Callable[[], None]
) -> None:
    """Read what comes; ask for a sign of life where nothing does. Raises TimeoutError on silence.

    Nothing else sends on this connection meanwhile: the driver would open it anew, unsubscribed.
    """
    patience = (connection.socket_timeout or SILENCE_SECONDS) / _CHANCES
    silent = 0
    while True:
        answer = await connection.read_response(timeout=patience, disconnect_on_error=False)
        if answer is not None:
            silent = 0
            heard()
        elif (silent := silent + 1) == _CHANCES:
            raise TimeoutError("nothing heard, not even an answer to PING")
        else:
            await connection.send_command("PING")
        if isinstance(answer, list) and answer[0] == b"message":
            deliver(answer[2])
