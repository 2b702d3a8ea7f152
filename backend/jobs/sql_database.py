"""Opens the database, SQLite or PostgreSQL: EDGE. Connections, transactions, migrations, errors.

Two pools: `writes` begins real transactions (`BEGIN IMMEDIATE` on SQLite: a deferred one that reads
first fails at once with SQLITE_BUSY_SNAPSHOT, whatever the busy timeout); `reads` runs single
statements in autocommit and never waits for a writer. `apart` opens a connection for whoever must
not queue with others, in autocommit too, and keeps none. `polls` reads for polls, over connections
of its own and by the raw driver.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, NullPool, event, literal_column, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from jobs import sql_sqlite
from jobs.errors import JobsError
from jobs.sql_errors import translated
from jobs.sql_polls import Polls
from jobs.sql_polls_postgres import PostgresPolls
from jobs.sql_polls_sqlite import SqlitePolls
from jobs.sql_silence import end_silent

Connection: TypeAlias = AsyncConnection

_DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}
_READ_SECONDS: Final = 2.0
_WRITE_SECONDS: Final = 5.0
_APART_SECONDS: Final = 1.0
"""PostgreSQL has connected, and has answered a statement, by then; or it is away."""
_QUEUE_SECONDS: Final = 5.0
"""For a place in the pool: longer than a statement, or a crowd would pass for an outage."""


class BadDatabaseUrl(JobsError):
    """DATABASE_URL must be sqlite:///path/to/file or postgresql://user:password@host/name."""


@dataclass(frozen=True)
class Database:
    """An open database. `close()` it in the loop that opened it."""

    writes: AsyncEngine
    reads: AsyncEngine
    apart: AsyncEngine
    polls: Polls

    @property
    def is_sqlite(self) -> bool:
        return self.writes.dialect.name == "sqlite"

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Commits at the end, rolls back on any error. Raises StoreUnavailable."""
        async with translated(), self.writes.begin() as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Statements of their own, no transaction. Raises StoreUnavailable."""
        async with translated(), self.reads.connect() as connection:
            yield connection

    def now(self) -> ColumnElement[float]:
        """The database's clock, seconds since the epoch: hosts' clocks may differ, it is one."""
        if self.is_sqlite:
            return literal_column("((julianday('now') - 2440587.5) * 86400.0)")
        return literal_column("extract(epoch from clock_timestamp())::double precision")

    async def ping(self) -> None:
        """One trip to the database and back, or StoreUnavailable."""
        async with self.reading() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.polls.close()
        await self.writes.dispose()
        await self.reads.dispose()
        await self.apart.dispose()


def open_database(url: str) -> Database:
    """Ready to connect, nothing connected yet. Raises BadDatabaseUrl."""
    parsed = _parse(url)
    if parsed.drivername.startswith("sqlite"):
        return _open_sqlite(parsed)
    writes = create_async_engine(parsed, **_pool(_WRITE_SECONDS))
    event.listen(writes.sync_engine, "connect", _bound_transactions)
    reads = _autocommit(parsed, **_pool(_READ_SECONDS))
    apart = _autocommit(parsed, poolclass=NullPool, connect_args=_patience(_APART_SECONDS))
    for engine in (writes, reads, apart):
        end_silent(engine)
    _, arguments = reads.dialect.create_connect_args(parsed)
    polls = PostgresPolls({**arguments, **_patience(_READ_SECONDS)})
    return Database(writes, reads, apart, polls)


def _autocommit(url: URL, **options: Any) -> AsyncEngine:
    return create_async_engine(url, isolation_level="AUTOCOMMIT", **options)


def _pool(seconds: float) -> dict[str, Any]:
    patience = {"connect_args": _patience(seconds)}
    return {"pool_pre_ping": True, "pool_size": 5, "pool_timeout": _QUEUE_SECONDS, **patience}


def _patience(seconds: float) -> dict[str, float]:
    """A frozen server or a silent network must end in an error, not in a wait.

    The bound holds for a connection and for a statement, each.
    """
    return {"timeout": seconds, "command_timeout": seconds}


def _parse(url: str) -> URL:
    parsed = _made(url)
    if parsed is None:  # raised here, where no error is behind it that repeats the URL
        raise BadDatabaseUrl
    driver = _DRIVERS.get(parsed.drivername.split("+")[0])
    memory = parsed.drivername.startswith("sqlite") and parsed.database in (None, "", ":memory:")
    if driver is None or memory:  # an in-memory database cannot be shared with a worker
        raise BadDatabaseUrl
    if driver == _DRIVERS["postgresql"]:
        parsed = parsed.set(query=_asyncpg_options(parsed.query))
    return parsed.set(drivername=driver)


def _made(url: str) -> URL | None:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):  # a port that is no number is a plain ValueError
        return None


def _asyncpg_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """The URL's options in asyncpg's words; libpq's `sslmode` is what most people have."""
    if given.keys() - {"ssl", "sslmode"}:  # not repeated: it may be part of a password
        raise BadDatabaseUrl("DATABASE_URL: has an unknown option; known is `sslmode`.")
    mode = given.get("sslmode", given.get("ssl"))
    return {"ssl": mode} if mode else {}


def _open_sqlite(url: URL) -> Database:
    folder = Path(url.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = f"DATABASE_URL or DATA_DIR: {folder} cannot be made: {error.strerror}."
        raise BadDatabaseUrl(reason) from None
    writes = create_async_engine(url, connect_args=sql_sqlite.ARGUMENTS)
    reads = _autocommit(url, connect_args=sql_sqlite.ARGUMENTS)
    apart = _autocommit(url, connect_args=sql_sqlite.ARGUMENTS, poolclass=NullPool)
    for engine in (writes, reads, apart):
        sql_sqlite.configure(engine, begins=engine is writes)
    (file,), options = reads.dialect.create_connect_args(url)
    options = {**options, "timeout": _READ_SECONDS, "isolation_level": None}
    return Database(writes, reads, apart, SqlitePolls(file, options, sql_sqlite.PRAGMAS))


def _bound_transactions(dbapi_connection: Any, record: Any) -> None:
    """A process that freezes within a transaction must not keep its row locks for ever."""
    cursor = dbapi_connection.cursor()
    cursor.execute("SET idle_in_transaction_session_timeout = '15s'")
    cursor.close()
    dbapi_connection.commit()
