"""The feed of changes out of the database: EDGE, the `ChangeLog`. Keeps away from its follower how
each of the two databases can tell what is new. Triggers number the changes (migration 0002).
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
from jobs.sql_snapshot import Seen
from jobs.sql_timeline import timeline_of
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
_POSTGRES_NOW: Final = text(f"SELECT file, snapshot::text FROM ({_NOW}) AS now")
_PAGE_OF_JOBS: Final = f"""
SELECT change_number, id, owner, version, done, deleted, retry_after, document FROM jobs
WHERE {{which}} ORDER BY change_number, id LIMIT {_PAGE}
"""
# A dump from elsewhere brings ids of the future: these are no news until they are reached.
_BEGUN_SINCE: Final = """
(change_number, id) > (:begun, :begun_id)
AND change_number < pg_snapshot_xmax(now.snapshot)::text::bigint
"""
_WAS_OPEN: Final = "change_number = number AND (change_number, id) > (:last, :last_id)"
_UNSEEN: Final = text(f"""
SELECT now.file, now.snapshot::text, news.* FROM ({_NOW}) AS now LEFT JOIN LATERAL (
    ({_PAGE_OF_JOBS.format(which=_BEGUN_SINCE)}) UNION ALL
    SELECT ended.* FROM unnest(CAST(:open AS bigint[])) AS number
    CROSS JOIN LATERAL ({_PAGE_OF_JOBS.format(which=_WAS_OPEN)}) AS ended
) AS news ON true
ORDER BY change_number, id LIMIT {_PAGE}
""")
"""A look-up by the index for all that began since, and one for each that was open: no more rows are
read than are told of. Always a row, for its snapshot. The values are `_after`'s."""


class SqlChanges:
    """The `ChangeLog` over a database. See the face for what each method promises.

    An open transaction delays nobody's news. More news than `_MOST_NEWS` raises HistoryLost.
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
    """The cursor is a snapshot, and what it did not see is news, in whatever order it commits."""

    def __init__(self) -> None:
        self._followed: Connection | None = None
        self._timeline = ""

    async def cursor(self, connection: Connection) -> str:
        timeline = await self._timeline_on(connection)
        now = (await connection.execute(_POSTGRES_NOW)).mappings().one()
        self._followed = connection
        return str(_seen(now, timeline))

    async def news(self, connection: Connection, cursor: str) -> News:
        before = Seen.of(cursor)
        timeline = await self._timeline_on(connection) or before.timeline
        is_followed = self._followed is connection
        seen = before if is_followed else before.without_last(_OVERLAP)
        found: dict[str, Document] = {}
        rows = await _page(connection, _UNSEEN, found, **_after(seen, 0, ""))
        # What changes while the pages are read is unseen by the first one's snapshot.
        now = _seen(rows[0], timeline)
        if before.is_lost_to(now):
            raise HistoryLost
        while len(rows) == _PAGE:
            last = _after(seen, rows[-1]["change_number"], rows[-1]["id"])
            rows = await _page(connection, _UNSEEN, found, **last)
        self._followed = connection
        return News(documents=[*found.values()], cursor=str(now))

    async def _timeline_on(self, connection: Connection) -> str:
        """Asked once for each connection: a server that takes over begins with new ones."""
        if self._followed is not connection:
            self._timeline = await timeline_of(connection)
        return self._timeline


def _seen(now: RowMapping, timeline: str) -> Seen:
    return Seen.of(f"{timeline}/{now['file']}/{now['snapshot']}")


def _after(seen: Seen, last: int, last_id: str) -> dict[str, Any]:
    """For the page of what is not seen, after the last row of the page before."""
    begun, begun_id = max((seen.high, ""), (last, last_id))
    values = {"begun": begun, "begun_id": begun_id, "last": last, "last_id": last_id}
    return {**values, "open": [*seen.open]}


async def _page(
    connection: Connection, statement: Executable, found: dict[str, Document], **values: Any
) -> Sequence[RowMapping]:
    """The statement's rows; their documents are added to `found`, later ones over earlier ones."""
    rows = (await connection.execute(statement, values)).mappings().all()
    found.update((row["id"], document_of(dict(row))) for row in rows if row["id"] is not None)
    if len(found) > _MOST_NEWS:
        raise HistoryLost("Too much has changed meanwhile to tell of each.")
    return rows
