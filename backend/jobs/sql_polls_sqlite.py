"""Reads SQLite for polls: EDGE to aiosqlite. One connection, and its thread reads for all polls.

The thread keeps a disk that hangs away from the event loop. There is one, as several in one process
hinder each other; and never a second one, however long the disk hangs.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import aiosqlite

from jobs.sql_polls import READ, Row

_ONE: Final = READ + "= ?"
_MANY: Final = READ + "IN (SELECT value FROM json_each(?))"
_SECONDS: Final = 2.0
"""The thread has come to a read, and has done it, by then; or the disk hangs."""
_FAREWELL_SECONDS: Final = 0.5
"""How long `close()` waits for the thread; a disk that hangs keeps it longer, and harms nobody."""


class SqlitePolls:
    """The `Polls` of a database file, which the first read opens, and makes if need be."""

    def __init__(self, file: str, options: Mapping[str, Any], pragmas: Iterable[str]) -> None:
        """`options`: sqlite3's own. `pragmas`: what a connection executes first."""
        self._file = file
        self._options = options
        self._pragmas = tuple(pragmas)
        self._opening: asyncio.Task[aiosqlite.Connection] | None = None
        self._left: asyncio.Task[Any] | None = None

    async def rows(self, job_ids: Sequence[str]) -> Sequence[Row]:
        async with asyncio.timeout(_SECONDS):
            connection = await self._connection()
            while self._left and not self._left.done():
                await asyncio.wait({self._left})
            try:
                return list(await connection.execute_fetchall(*_question(job_ids)))
            except asyncio.CancelledError:
                self._leave(connection)
                raise

    async def close(self) -> None:
        opening, self._opening, self._left = self._opening, None, None
        if opening:
            ending = asyncio.create_task(_goodbye(opening))
            await asyncio.wait({ending}, timeout=_FAREWELL_SECONDS)
            ending.cancel()

    async def _connection(self) -> aiosqlite.Connection:
        """Opened once for all; an opening that failed is tried again by the next read."""
        if self._opening is None or _has_failed(self._opening):
            self._opening = asyncio.create_task(self._open())
            self._opening.add_done_callback(_has_failed)  # looked at, if all have left
        if self._opening.done():
            return self._opening.result()
        return await asyncio.shield(self._opening)

    async def _open(self) -> aiosqlite.Connection:
        opening = aiosqlite.connect(self._file, **self._options)
        # Or a process whose disk hangs could not exit. Before 0.22 the connection is the thread.
        thread: Any = getattr(opening, "_thread", opening)
        thread.daemon = True
        connection = await opening
        try:
            for pragma in self._pragmas:
                await connection.execute_fetchall(pragma)
        except BaseException:
            await connection.close()
            raise
        return connection

    def _leave(self, connection: aiosqlite.Connection) -> None:
        """The caller goes; the thread is still at it, or has not come to it yet.

        From now on nobody queues at the thread before it is back: while a disk hangs that line
        would grow with every poll.
        """
        if self._left is None or self._left.done():
            self._left = asyncio.create_task(_come_back(connection))


def _question(job_ids: Sequence[str]) -> tuple[str, tuple[str]]:
    if len(job_ids) == 1:
        return _ONE, (job_ids[0],)
    return _MANY, (json.dumps(list(job_ids)),)


def _has_failed(opening: asyncio.Task[aiosqlite.Connection]) -> bool:
    return opening.done() and (opening.cancelled() or opening.exception() is not None)


async def _come_back(connection: aiosqlite.Connection) -> None:
    with suppress(aiosqlite.Error, ValueError):  # closed meanwhile: it is back, too
        await connection.execute_fetchall("SELECT 1")


async def _goodbye(opening: asyncio.Task[aiosqlite.Connection]) -> None:
    with suppress(aiosqlite.Error, OSError, ValueError):
        await (await opening).close()
