"""Brings a database's schema up to date: EDGE to Alembic. Guarded against others doing the same."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy import Connection as SyncConnection
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from jobs.errors import JobsError
from jobs.sql_database import Database

HEAD: Final = "0002"
"""The newest migration; `tests/jobs/test_sql_migrate.py` keeps it true."""
_LOCK_KEY: Final = 0x74616C6C79  # "tally": the advisory lock that migrating processes share


class SchemaTooNew(JobsError):
    """The database was migrated by a newer Tally: run that one, or restore an older database."""


async def migrate(database: Database) -> None:
    """Bring the schema to HEAD; several processes may do so at once.

    Raises StoreUnavailable, or SchemaTooNew.
    """
    if await _revision(database) == HEAD:
        return  # Alembic's import alone costs over a second of CPU
    upgrade = _upgrader()
    async with database.transaction() as connection:
        if not database.is_sqlite:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK_KEY})"))
        await connection.run_sync(upgrade)


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
