"""Looks up a host's name in a thread of its own, one at a time: EDGE to the system's resolver.

A resolver that does not answer keeps its thread for half a minute.
"""

import socket
from collections.abc import Callable
from functools import partial

from cache.slow_question import SlowQuestion


def resolve(host: str, port: int) -> object:
    """The system's answer. Raises OSError; may block for a long time."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


class NameLookup:
    """Whether a name can be resolved. While one question is open no second one is asked."""

    def __init__(self, host: str, port: int, ask: Callable[[str, int], object] = resolve) -> None:
        self._question = SlowQuestion(partial(ask, host, port))

    async def succeed(self) -> None:
        """Return once the name is resolved; raise what the resolver raises. Fit to be cancelled."""
        await self._question.answer()
