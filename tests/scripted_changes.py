"""A change log whose answers a test prepared: for what follows it. The real ones have own tests."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TypeAlias

from jobs import Beginning, Document, News

Reply: TypeAlias = Beginning | News | BaseException | Callable[[], Beginning | News] | None


class ScriptedChanges:
    """Gives its replies in turn: a value, an error to raise, or what a function gives at that time.

    None is a question that hangs. After the last reply nothing has changed.
    """

    def __init__(self, *replies: Reply, beat_seconds: float = 0.01) -> None:
        self.beat_seconds = beat_seconds
        self.asked: list[str | None] = []
        self.closed = 0
        self._replies = deque(replies)

    def then(self, *replies: Reply) -> None:
        """These come next."""
        self._replies.extend(replies)

    async def begin(self) -> Beginning:
        self.asked.append(None)
        reply = await self._next(Beginning(cursor="begun", versions={}))
        assert isinstance(reply, Beginning)
        return reply

    async def since(self, cursor: str) -> News:
        self.asked.append(cursor)
        reply = await self._next(News(documents=(), cursor=cursor))
        assert isinstance(reply, News)
        return reply

    async def close(self) -> None:
        self.closed += 1

    async def _next(self, otherwise: Beginning | News) -> Beginning | News:
        reply = self._replies.popleft() if self._replies else otherwise
        if reply is None:
            await asyncio.Event().wait()
        if isinstance(reply, BaseException):
            raise reply
        given = reply() if callable(reply) else reply
        assert given is not None
        return given


def news(cursor: str, *documents: Document) -> News:
    return News(documents=documents, cursor=cursor)
