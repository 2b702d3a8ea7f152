"""The feed of changes out of the database: EDGE, the `ChangeLog`. Keeps away from its follower how
each of the two databases can tell what is new; see `Database.change_number`.
"""

from collections.abc import Sequence
from typing import Any, Final, Protocol

from sqlalchemy import Executable, RowMapping, bindparam, func, select, text

from jobs.document import Document
from jobs.errors import HistoryLost
from jobs.sql_database import Connection, Database
from jobs.sql_jobs import DOCUMENTS
from jobs.sql_line import Line
from jobs.sql_rows import document_of
from jobs.sql_schema import jobs
from jobs.store import Beginning, News

_PAGE: Final = 500  # rows per statement: each is well within its bound
_MOST_NEWS: Final = 20_000
"""Whoever is further behind does better to begin anew than to read on and never catch up."""
_MOST_VERSIONS: Final = 50_000
_OVERLAP: Final = 2_000
"""Transactions that a new connection tells of once more, for it may lead to a server that crashed:
ids given out in the moment before, and not yet on its disk, it gives out again.
"""

_VERSIONS: Final = (
    select(jobs.c.id, jobs.c.version)
    .where(jobs.c.done.is_(False))
    .order_by(jobs.c.id.desc())
    .limit(_MOST_VERSIONS)
)
_HIGHEST: Final = select(func.coalesce(func.max(jobs.c.change_number), 0))
_ABOVE: Final = (
    DOCUMENTS.add_columns(jobs.c.change_number)
    .where(jobs.c.change_number > bindparam("seen"))
    .order_by(jobs.c.change_number)
    .limit(_PAGE)
)
_NOW: Final = """
SELECT pg_current_snapshot() AS snapshot, pg_relation_filenode('jobs'::regclass) AS file
"""
_POSTGRES_CURSOR: Final = text(f"SELECT file, snapshot::text FROM ({_NOW}) AS now")
_UNSEEN: Final = text(f"""
SELECT now.file, now.snapshot::text, change_number,
    id, owner, version, done, deleted, retry_after, document
FROM ({_NOW}) AS now LEFT JOIN jobs
    ON change_number >= :low AND (change_number > :low OR id > :last_id)
    -- A dump from elsewhere brings ids of the future: these are no news until they are reached.
    AND change_number < pg_snapshot_xmax(now.snapshot)::text::bigint
    AND NOT pg_visible_in_snapshot(
        change_number::text::xid8, CAST(CAST(:seen AS text) AS pg_snapshot))
ORDER BY change_number, id LIMIT {_PAGE}
""")
"""Always a row, for its snapshot. :low = what may be unseen begins there; :seen = a snapshot."""


class SqlChanges:
    """The `ChangeLog` over a database. See the face for what each method promises.

    An open transaction delays nobody's news; one that writes for long makes PostgreSQL look at all
    changes since it began. More news than `_MOST_NEWS` raises HistoryLost.
    """

    def __init__(self, database: Database) -> None:
        self.beat_seconds = 0.05 if database.is_sqlite else 0.25
        self._line = Line(database)
        self._source: _Source = _Sqlite() if database.is_sqlite else _Postgres()

    async def begin(self) -> Beginning:
        return await self._line.ask(self._begin)

    async def _begin(self, connection: Connection) -> Beginning:
        # The cursor first: what changes after it comes as news, whether seen here or not.
        cursor = await self._source.cursor(connection)
        found = await connection.execute(_VERSIONS)
        return Beginning(cursor=cursor, versions={row.id: row.version for row in found})

    async def since(self, cursor: str) -> News:
        return await self._line.ask(lambda connection: self._source.news(connection, cursor))

    async def close(self) -> None:
        await self._line.close()


class _Source(Protocol):
    async def cursor(self, connection: Connection) -> str: ...
    async def news(self, connection: Connection, cursor: str) -> News: ...


class _Sqlite:
    """Changes are numbered in the order of their commits: the cursor is the highest seen."""

    def __init__(self) -> None:
        self._quiet: tuple[Connection, int, str] | None = None

    async def cursor(self, connection: Connection) -> str:
        return str((await connection.execute(_HIGHEST)).scalar_one())

    async def news(self, connection: Connection, cursor: str) -> News:
        """Looks at rows only if others wrote; a `data_version` means nothing to other connections.

        It is read first: whatever is committed after it gives another one.
        """
        version = (await connection.exec_driver_sql("PRAGMA data_version")).scalar_one()
        if self._quiet == (connection, version, cursor):
            return News(documents=(), cursor=cursor)
        news = await self._look(connection, int(cursor))
        self._quiet = (connection, version, news.cursor)
        return news

    async def _look(self, connection: Connection, seen: int) -> News:
        found: dict[str, Document] = {}
        rows = await _page(connection, _ABOVE, found, seen=seen)
        if not rows and int(await self.cursor(connection)) < seen:
            raise HistoryLost
        while rows:
            seen = rows[-1]["change_number"]
            rows = await _page(connection, _ABOVE, found, seen=seen) if len(rows) == _PAGE else ()
        return News(documents=[*found.values()], cursor=str(seen))


class _Postgres:
    """The cursor is a snapshot, and what it did not see is news, in whatever order it commits.

    It names the table's file, too: another one holds what was restored in place.
    """

    def __init__(self) -> None:
        self._followed: Connection | None = None

    async def cursor(self, connection: Connection) -> str:
        now = (await connection.execute(_POSTGRES_CURSOR)).mappings().one()
        self._followed = connection
        return _cursor(now)

    async def news(self, connection: Connection, cursor: str) -> News:
        file, _, seen = cursor.partition("/")
        low, high = _bounds(seen)
        if self._followed is not connection:
            low = max(low - _OVERLAP, 1)
            seen = f"{low}:{low}:"
        found: dict[str, Document] = {}
        rows = await _page(connection, _UNSEEN, found, low=low, last_id="", seen=seen)
        now = rows[0]  # what changes while the pages are read is unseen by the first one's snapshot
        if str(now["file"]) != file or _bounds(now["snapshot"])[1] < high:
            raise HistoryLost
        while len(rows) == _PAGE:
            last = {"low": rows[-1]["change_number"], "last_id": rows[-1]["id"]}
            rows = await _page(connection, _UNSEEN, found, **last, seen=seen)
        self._followed = connection
        return News(documents=[*found.values()], cursor=_cursor(now))


def _cursor(now: RowMapping) -> str:
    return f"{now['file']}/{now['snapshot']}"


def _bounds(snapshot: str) -> tuple[int, int]:
    """All below the first number had ended by then, and nothing from the second on."""
    low, high, _ = snapshot.split(":")
    return int(low), int(high)


async def _page(
    connection: Connection, statement: Executable, found: dict[str, Document], **values: Any
) -> Sequence[RowMapping]:
    """The statement's rows; their documents are added to `found`, later ones over earlier ones."""
    rows = (await connection.execute(statement, values)).mappings().all()
    found.update((row["id"], document_of(dict(row))) for row in rows if row["id"] is not None)
    if len(found) > _MOST_NEWS:
        raise HistoryLost("Too much has changed meanwhile to tell of each.")
    return rows
