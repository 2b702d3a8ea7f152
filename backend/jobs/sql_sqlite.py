"""How SQLite is opened: EDGE. Transactions begin at once, commits are on disk, an end is an end."""

import sqlite3
from contextlib import suppress
from typing import Any, Final
from weakref import WeakSet

from sqlalchemy import Connection as SyncConnection
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",  # readers and the writer do not wait for each other
    "PRAGMA synchronous = FULL",  # an accepted job survives a power cut, too
)
_WAIT_SECONDS: Final = 5.0  # well within a worker's lease


class SqliteConnection(sqlite3.Connection):
    """Its end is that of its cursors and its transaction, too.

    SQLite puts off a close while any statement is unfinished (sqlite3_close_v2), locks and all, and
    the cursor of a statement whose caller was cancelled lives until garbage is collected: nobody
    could write until then. Knows the cursors that `cursor()` made, as all of SQLAlchemy's are. Used
    by one thread, which is aiosqlite's own.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._cursors: WeakSet[sqlite3.Cursor] = WeakSet()

    def cursor(self, *arguments: Any, **named: Any) -> Any:
        made = super().cursor(*arguments, **named)
        self._cursors.add(made)
        return made

    def close(self) -> None:
        with suppress(sqlite3.ProgrammingError):  # it was closed before
            for cursor in [*self._cursors]:
                cursor.close()
        super().close()


ARGUMENTS: Final[dict[str, Any]] = {"timeout": _WAIT_SECONDS, "factory": SqliteConnection}
"""For whoever connects."""


def configure(engine: AsyncEngine, *, begins: bool = False) -> None:
    """Whichever connects first makes the file, and its mode. `begins`: transactions, which take the
    writer's place at once."""
    event.listen(engine.sync_engine, "connect", _configure)
    if begins:
        event.listen(engine.sync_engine, "begin", _begin_immediate)


def _configure(dbapi_connection: Any, record: Any) -> None:
    dbapi_connection.isolation_level = None  # our own BEGIN below, never the driver's
    cursor = dbapi_connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_immediate(connection: SyncConnection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
