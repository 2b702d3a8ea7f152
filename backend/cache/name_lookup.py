"""Looks up a host's name in a thread of its own, one at a time: EDGE to the system's resolver.

A resolver that does not answer keeps its thread for half a minute, and cannot be told to stop. The
event loop's own threads are few and serve files, too: asking again and again would use them up.
"""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread


def resolve(host: str, port: int) -> object:
    """The system's answer. Raises OSError; may block for a long time."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


class NameLookup:
    """Whether a name can be resolved. While one question is open no second one is asked."""

    def __init__(self, host: str, port: int, ask: Callable[[str, int], object] = resolve) -> None:
        self._host = host
        self._port = port
        self._ask = ask
        self._open: Future[None] | None = None

    async def succeed(self) -> None:
        """Return once the name is resolved; raise what the resolver raises. Fit to be cancelled."""
        question = self._open
        if question is None or question.done():
            question = self._open = Future()
            Thread(target=self._settle, args=(question,), daemon=True).start()
        await asyncio.shield(asyncio.wrap_future(question))

    def _settle(self, question: Future[None]) -> None:
        try:
            self._ask(self._host, self._port)
        except Exception as error:  # passed on to whoever waits: a name may also be no name at all
            question.set_exception(error)
        else:
            question.set_result(None)
