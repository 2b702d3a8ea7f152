"""Brings a database's schema up to date: EDGE to Alembic. Guarded against others doing the same."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection as SyncConnection
from sqlalchemy import NullPool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from jobs.errors import JobsError, StoreUnavailable
from jobs.sql_database import Connection, Database
from jobs.sql_errors import translated

HEAD: Final = "0003"
"""The newest migration; `tests/jobs/test_sql_migrate.py` keeps it true."""
_LOCK_KEY: Final = 0x74616C6C79  # "tally": the advisory lock that migrating processes share
_TRY_LOCK: Final = text(f"SELECT pg_try_advisory_lock({_LOCK_KEY})")
_TRIES, _PAUSE_SECONDS = 300, 0.1
"""How often a process asks for its turn to migrate, before it says that it is not served."""
_BREATH_SECONDS: Final = 2.0
"""A failed one keeps its turn for so long. It may have held up all polls for half a second, waiting
for a lock: with this they have four fifths of the time, however many processes are to migrate."""
_PATIENCE: Final = {"timeout": 5.0, "command_timeout": 3600.0}
"""PostgreSQL has connected, and has made an index of a large table, by then; or it is away."""


class SchemaTooNew(JobsError):
    """The database was migrated by a newer Tally: run that one, or restore an older database."""


async def migrate(database: Database) -> None:
    """Bring the schema to HEAD; several processes may do so at once.

    Raises StoreUnavailable, or SchemaTooNew.
    """
    if await _revision(database) == HEAD:
        return  # Alembic's import alone costs over a second of CPU
    upgrade = _upgrader()
    if database.is_sqlite:
        async with database.transaction() as connection:
            await connection.run_sync(upgrade)
    else:
        async with translated(), _patient(database) as connection:
            await _take_turn(connection)
            await _try(connection, upgrade)


@asynccontextmanager
async def _patient(database: Database) -> AsyncIterator[Connection]:
    """A connection without the pools' bounds; its end is the end of what is locked on it."""
    engine = create_async_engine(database.writes.url, poolclass=NullPool, connect_args=_PATIENCE)
    async with engine.connect() as connection:
        yield connection


async def _take_turn(connection: Connection) -> None:
    """Waits outside of a transaction: whoever makes an index waits for the end of all others."""
    for _ in range(_TRIES):
        is_ours = (await connection.execute(_TRY_LOCK)).scalar_one()
        await connection.commit()  # the lock is the connection's, it stays
        if is_ours:
            return
        await asyncio.sleep(_PAUSE_SECONDS)
    raise StoreUnavailable("The database is being migrated by another process.")


async def _try(connection: Connection, upgrade: Callable[[SyncConnection], None]) -> None:
    try:
        await connection.run_sync(upgrade)
    except DBAPIError:
        await connection.rollback()
        await asyncio.sleep(_BREATH_SECONDS)
        raise


async def _revision(database: Database) -> str | None:
    try:
        async with database.reads.connect() as connection:
            found = await connection.execute(text("SELECT version_num FROM alembic_version"))
            return found.scalar()
    except (DBAPIError, OSError):
        return None  # no such table yet, or no database: then migrating says so


def _upgrader() -> Callable[[SyncConnection], None]:
    """Alembic, imported before any lock is taken: that takes seconds on a busy machine."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))

    def upgrade(connection: SyncConnection) -> None:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:  # a revision that this code does not know
            raise SchemaTooNew(f"{SchemaTooNew.__doc__} ({error})") from None

    return upgrade
