"""Opens the database, SQLite or PostgreSQL: EDGE. Connections, transactions, migrations, errors.

Two pools: `writes` begins real transactions (`BEGIN IMMEDIATE` on SQLite: a deferred one that reads
first fails at once with SQLITE_BUSY_SNAPSHOT, whatever the busy timeout); `reads` runs single
statements in autocommit and never waits for a writer.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, event, literal_column, text
from sqlalchemy import Connection as SyncConnection
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from jobs.errors import JobsError, StoreUnavailable

Connection: TypeAlias = AsyncConnection

HEAD: Final = "0001"
"""The newest migration; `tests/jobs/test_sql_database.py` keeps it true."""

_DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}
_LOCK_KEY: Final = 0x74616C6C79  # "tally": the advisory lock that migrating processes share
_QUOTED: Final = 200  # characters of a driver's own message
_SQLITE_WAIT_SECONDS: Final = 10.0


class BadDatabaseUrl(JobsError):
    """DATABASE_URL must be sqlite:///path/to/file or postgresql://user:password@host/name."""


@dataclass(frozen=True)
class Database:
    """An open database. `close()` it in the loop that opened it."""

    writes: AsyncEngine
    reads: AsyncEngine

    @property
    def is_sqlite(self) -> bool:
        return self.writes.dialect.name == "sqlite"

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Commits at the end, rolls back on any error. Raises StoreUnavailable."""
        async with _translated(), self.writes.begin() as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Statements of their own, no transaction. Raises StoreUnavailable."""
        async with _translated(), self.reads.connect() as connection:
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
        await self.writes.dispose()
        await self.reads.dispose()


def open_database(url: str) -> Database:
    """Ready to connect, nothing connected yet. Raises BadDatabaseUrl."""
    parsed = _parse(url)
    if parsed.drivername.startswith("sqlite"):
        return _open_sqlite(parsed)
    options: dict[str, Any] = {"pool_pre_ping": True, "pool_timeout": 5, "pool_size": 5}
    writes = create_async_engine(parsed, **options)
    event.listen(writes.sync_engine, "connect", _bound_transactions)
    return Database(writes, create_async_engine(parsed, isolation_level="AUTOCOMMIT", **options))


async def migrate(database: Database) -> None:
    """Bring the schema to HEAD; several processes may do so at once. Raises StoreUnavailable."""
    if await _revision(database) == HEAD:
        return  # Alembic's import alone costs over a second of CPU
    async with database.transaction() as connection:
        if not database.is_sqlite:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK_KEY})"))
        await connection.run_sync(_upgrade)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise BadDatabaseUrl from None
    driver = _DRIVERS.get(parsed.drivername.split("+")[0])
    memory = parsed.drivername.startswith("sqlite") and parsed.database in (None, "", ":memory:")
    if driver is None or memory:  # an in-memory database cannot be shared with a worker
        raise BadDatabaseUrl
    return parsed.set(drivername=driver)


def _open_sqlite(url: URL) -> Database:
    Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    options: dict[str, Any] = {"connect_args": {"timeout": _SQLITE_WAIT_SECONDS}}
    writes = create_async_engine(url, **options)
    reads = create_async_engine(url, isolation_level="AUTOCOMMIT", **options)
    for engine in (writes, reads):  # whichever connects first makes the file, and its journal mode
        event.listen(engine.sync_engine, "connect", _configure_sqlite)
    event.listen(writes.sync_engine, "begin", _begin_immediate)
    return Database(writes, reads)


def _bound_transactions(dbapi_connection: Any, record: Any) -> None:
    """A process that freezes within a transaction must not keep its row locks for ever."""
    cursor = dbapi_connection.cursor()
    cursor.execute("SET idle_in_transaction_session_timeout = '15s'")
    cursor.close()
    dbapi_connection.commit()


def _configure_sqlite(dbapi_connection: Any, record: Any) -> None:
    dbapi_connection.isolation_level = None  # our own BEGIN below, never the driver's
    cursor = dbapi_connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")  # readers and the writer do not wait for each other
    cursor.execute("PRAGMA synchronous = FULL")  # an accepted job survives a power cut, too
    cursor.close()


def _begin_immediate(connection: SyncConnection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


async def _revision(database: Database) -> str | None:
    try:
        async with database.reads.connect() as connection:
            found = await connection.execute(text("SELECT version_num FROM alembic_version"))
            return found.scalar()
    except (DBAPIError, OSError):
        return None  # no such table yet, or no database: then migrating says so


def _upgrade(connection: SyncConnection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    """The one place where database errors become ours."""
    try:
        yield
    except (DBAPIError, PoolTimeout, OSError) as error:
        said = str(getattr(error, "orig", None) or error).partition("\n")[0][:_QUOTED]
        raise StoreUnavailable(f"The database does not answer: {said}") from error
