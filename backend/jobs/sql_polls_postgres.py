"""Reads PostgreSQL for polls: EDGE to asyncpg. A few connections that are trusted, not checked.

A check before each read would cost as much as the read. Instead a connection that was used before
has a second; then, or when it is lost, a new one is asked. Reads may be repeated.

Not asyncpg's own pool: it spends more on lending and taking back than the read takes.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, TypeAlias

import asyncpg

from jobs.sql_errors import POSTGRES_ERRORS
from jobs.sql_polls import READ, Row

Question: TypeAlias = tuple[str, str | list[str]]

_ONE: Final = READ + "= $1"
_MANY: Final = READ + "= ANY($1)"
_PLACES: Final = 5
"""Connections at most, but for those that are ending."""
_QUEUE_SECONDS: Final = 5.0
"""For a place: longer than a statement, or a crowd would pass for an outage."""
_STATEMENT_SECONDS: Final = 2.0
_DOUBT_SECONDS: Final = 1.0
"""For an answer over a connection that was used before: the network may have dropped it silently,
and all of its age. A server that is merely slow is then asked twice; the first question ends."""
_END_SECONDS: Final = 2.0
"""For a goodbye: first the server is told to leave off what nobody waits for any more, or those who
wait for a lock would pile up there. Nobody here waits for it."""
_FAREWELL_SECONDS: Final = 0.4
"""How long `close()` waits for goodbyes; the rest are cut off."""


class PostgresPolls:
    """The `Polls` of a PostgreSQL server."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        """`arguments`: asyncpg's own, to connect with; bounded in time."""
        self._arguments = arguments
        self._places = asyncio.Semaphore(_PLACES)
        self._idle: list[Any] = []  # the last used is used next: the fewest stay in use
        self._endings: set[asyncio.Task[None]] = set()
        self._is_closed = False

    async def rows(self, job_ids: Sequence[str]) -> Sequence[Row]:
        await self._take_place()
        try:
            return await self._read(_question(job_ids))
        finally:
            self._places.release()

    async def close(self) -> None:
        self._is_closed = True
        self._end_idle()
        if self._endings:
            await asyncio.wait(self._endings, timeout=_FAREWELL_SECONDS)
        for ending in self._endings:
            ending.cancel()  # cuts its connection off
        await asyncio.gather(*self._endings, return_exceptions=True)  # it is over

    async def _take_place(self) -> None:
        if not self._places.locked():
            await self._places.acquire()  # at once
            return
        try:
            async with asyncio.timeout(_QUEUE_SECONDS):
                await self._places.acquire()
        except TimeoutError:
            raise TimeoutError("all connections for polls are in use") from None

    async def _read(self, question: Question) -> Sequence[Row]:
        if connection := self._kept():
            try:
                return await self._ask(connection, question, _DOUBT_SECONDS)
            except POSTGRES_ERRORS:
                self._end_idle()  # they are as old, and would each cost somebody a second
        return await self._ask(
            await asyncpg.connect(**self._arguments), question, _STATEMENT_SECONDS
        )

    async def _ask(self, connection: Any, question: Question, seconds: float) -> Sequence[Row]:
        try:
            rows: Sequence[Row] = await connection.fetch(*question, timeout=seconds)
        except BaseException:  # nobody can say what the server will still send
            self._end(connection)
            raise
        if self._is_closed:
            self._end(connection)
        else:
            self._idle.append(connection)
        return rows

    def _kept(self) -> Any:
        """A connection that no end is known of; None if there is none."""
        while self._idle:
            if not (connection := self._idle.pop()).is_closed():
                return connection
        return None

    def _end_idle(self) -> None:
        while self._idle:
            self._end(self._idle.pop())

    def _end(self, connection: Any) -> None:
        ending = asyncio.create_task(_goodbye(connection))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)


def _question(job_ids: Sequence[str]) -> Question:
    return (_ONE, job_ids[0]) if len(job_ids) == 1 else (_MANY, list(job_ids))


async def _goodbye(connection: Any) -> None:
    with suppress(*POSTGRES_ERRORS):
        await connection.close(timeout=_END_SECONDS)
