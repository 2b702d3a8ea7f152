"""Ends PostgreSQL connections that have gone silent: EDGE. The libraries part from them politely.

A network that drops packets without a word leaves connections that look open. Saying goodbye to the
server there takes seconds for each, after a statement's own; and the pool's check of a connection
takes its timeout for an error of the question, not for the end of the connection.
"""

import time
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine

_PING_SECONDS: Final = 1.0
"""For the check of a pooled connection. One that fails has all older ones replaced unasked."""
_RUDE_SECONDS: Final = 30.0
"""For so long after one was found silent, no other is parted from politely."""


def end_silent(engine: AsyncEngine) -> None:
    """From now on a timeout ends its connection at once, and the pool knows."""
    silence = _Silence()
    event.listen(engine.sync_engine, "handle_error", silence.on_error)
    event.listen(engine.sync_engine, "close", silence.on_close)
    dialect: Any = engine.sync_engine.dialect
    dialect.do_ping = silence.ping


class _Silence:
    """What is known of one engine's connections."""

    def __init__(self) -> None:
        self._found_at = float("-inf")

    def on_error(self, context: ExceptionContext) -> None:
        if isinstance(context.original_exception, TimeoutError) and context.connection is not None:
            self._end(context.connection.connection.driver_connection)
            context.is_disconnect = True

    def on_close(self, adapted: Any, record: object) -> None:
        if time.monotonic() - self._found_at < _RUDE_SECONDS:
            adapted.driver_connection.terminate()

    def ping(self, adapted: Any) -> bool:
        """Whether the server answers in time; False has the pool open another connection."""
        try:
            adapted.run_async(lambda driver: driver.fetchrow(";", timeout=_PING_SECONDS))
        except Exception:  # whatever it is, a connection that cannot do this is of no use
            self._end(adapted.driver_connection)
            return False
        return True

    def _end(self, driver: Any) -> None:
        self._found_at = time.monotonic()
        driver.terminate()
