"""A connection to the database for one who must not wait with others: EDGE. It does not mend
itself within a question: what fails or is cancelled is given up, and the next opens a new one.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final, TypeVar

from jobs.sql_database import Connection, Database
from jobs.sql_errors import translated

_T = TypeVar("_T")
_FAREWELL_SECONDS: Final = 0.5
"""How long `close()` waits for connections to end. What has not by then ends by its own bounds."""


class Line:
    """Holds at most one connection, outside of the pools. For one question at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._call = _Call(database)
        self._endings: set[asyncio.Task[None]] = set()

    async def ask(self, question: Callable[[Connection], Awaitable[_T]]) -> _T:
        """What the question makes of the connection. Raises StoreUnavailable.

        Cancelled, it ends at once: it waits for no server, frozen or gone.
        """
        if self._call.is_lost:
            self._give_up()
        # A task, as the library spends seconds on a polite end when it is cancelled itself.
        asked = asyncio.create_task(self._call.ask(question))
        try:
            return await asyncio.shield(asked)
        except BaseException:  # nobody can say what the server will still send
            self._give_up(asked)
            raise

    async def close(self) -> None:
        """Gives the connection up. Raises nothing; takes half a second at most."""
        self._give_up()
        if self._endings:
            await asyncio.wait(self._endings, timeout=_FAREWELL_SECONDS)

    def _give_up(self, asked: asyncio.Task[Any] | None = None) -> None:
        call, self._call = self._call, _Call(self._database)
        call.hang_up()
        ending = asyncio.create_task(call.end(asked))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)


class _Call:
    """One connection, from its opening to its end."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection | None = None
        self._driver: Any = None
        self._is_over = False

    @property
    def is_lost(self) -> bool:
        """Whether the server is known to have ended it. (A file does not.)"""
        return not self._database.is_sqlite and bool(self._driver and self._driver.is_closed())

    async def ask(self, question: Callable[[Connection], Awaitable[_T]]) -> _T:
        async with translated():
            return await question(self._connection or await self._open())

    async def _open(self) -> Connection:
        self._connection = await self._database.apart.connect()
        self._driver = (await self._connection.get_raw_connection()).driver_connection
        if self._is_over:
            raise ConnectionAbortedError("nobody waits for the answer")
        return self._connection

    def hang_up(self) -> None:
        """The server's connection ends this instant, and with it what waits for its answer."""
        self._is_over = True
        if self._driver and not self._database.is_sqlite:
            self._driver.terminate()

    async def end(self, asked: asyncio.Task[Any] | None) -> None:
        """Once the last question has ended, by the engine's bounds at the latest."""
        if asked:
            await asyncio.gather(asked, return_exceptions=True)  # nobody asks how it ended
        if self._connection:
            with suppress(Exception):  # it is given up already
                await self._connection.close()
