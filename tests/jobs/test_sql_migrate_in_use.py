"""Migrating a database that others use meanwhile: PostgreSQL, where locks may queue."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from example_jobs import RecordedDelivery, a_job
from jobs import Database, SqlChanges, SqlJobs, StoreUnavailable, migrate, open_database
from jobs.sql_migrate import HEAD
from jobs.sql_schema import jobs

MIGRATIONS = Path(__file__).parents[2] / "backend" / "jobs" / "migrations"
OLD = ", ".join(column.name for column in jobs.columns if column.name != "change_number")
NEW_INDEX = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'jobs_by_change'::regclass"


def to_schema(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


@pytest.fixture
async def filled(postgres_url: str) -> AsyncIterator[Database]:
    """A database of the first schema with 2,000 jobs."""
    database = open_database(postgres_url)
    async with database.transaction() as connection:
        await connection.run_sync(to_schema, "0001")
        await connection.execute(
            text(
                f"INSERT INTO jobs ({OLD}) SELECT 'job_' || n, 'o', 'k', 'done', 1, 1, 1, NULL, "
                "false, 1, 1, 1, 1, 1, '{}', true, 0, '{}' FROM generate_series(1, 2000) AS n"
            )
        )
    yield database
    await database.close()


@pytest.fixture
async def other(postgres_url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(postgres_url)
    yield connection
    await connection.close()


async def revision(database: Database) -> str | None:
    async with database.reading() as connection:
        found = await connection.execute(text("SELECT version_num FROM alembic_version"))
        return found.scalar()


WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~* $1"
CONNECTED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"


async def until(watch: Any, at_least: int, count: str, *values: str) -> None:
    for _ in range(2000):
        if await watch.fetchval(count, *values) >= at_least:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"not {at_least} within 20 seconds: {count} {values}")


async def test_polls_wait_but_a_moment_for_a_migration_that_waits_for_a_long_reader(
    filled: Database, other: Any, postgres_url: str
) -> None:
    watch = await asyncpg.connect(postgres_url)
    reader = other.transaction()
    await reader.start()
    await other.execute("LOCK TABLE jobs IN ACCESS SHARE MODE")

    migrating = asyncio.create_task(migrate(filled))
    await until(watch, 1, WAITING, "^\\s*ALTER TABLE")
    asked = time.monotonic()
    await watch.fetchval("SELECT count(*) FROM jobs")  # a poll, behind it in the queue
    waited = time.monotonic() - asked
    with pytest.raises(StoreUnavailable, match="lock timeout"):
        await migrating
    failed_at = await revision(filled)
    await reader.rollback()
    await migrate(filled)
    await watch.close()

    assert waited < 1.5
    assert failed_at == "0001"
    assert await revision(filled) == HEAD


async def test_an_index_waits_for_older_transactions_and_nobody_for_it(
    filled: Database, other: Any, postgres_url: str
) -> None:
    async with filled.transaction() as connection:
        await connection.run_sync(to_schema, "0002")
    watch = await asyncpg.connect(postgres_url)
    writer = other.transaction()
    await writer.start()
    await other.execute("UPDATE jobs SET owner = 'p' WHERE id = 'job_1'")

    migrating = asyncio.create_task(migrate(filled))
    await until(watch, 1, WAITING, "^\\s*CREATE INDEX")
    await watch.execute("UPDATE jobs SET owner = 'p' WHERE id = 'job_2'", timeout=5.0)
    before = await watch.fetchval(CONNECTED)
    second = asyncio.create_task(migrate(filled))  # waits for its turn, outside of a transaction
    await until(watch, before + 1, CONNECTED)
    await writer.commit()
    await asyncio.gather(migrating, second)
    is_valid = await watch.fetchval(NEW_INDEX)
    await watch.close()

    assert is_valid
    assert await revision(filled) == HEAD


async def test_an_index_that_a_crash_left_half_made_is_made_anew(
    filled: Database, other: Any, postgres_url: str
) -> None:
    async with filled.transaction() as connection:
        await connection.run_sync(to_schema, "0002")
    reader = await asyncpg.connect(postgres_url)
    old = reader.transaction()
    await old.start()
    await reader.execute("UPDATE jobs SET owner = 'p' WHERE id = 'job_1'")
    await other.execute("SET statement_timeout = '300ms'")
    with pytest.raises(asyncpg.PostgresError):
        await other.execute("CREATE INDEX CONCURRENTLY jobs_by_change ON jobs (change_number)")
    await old.rollback()
    half_made = await reader.fetchval(NEW_INDEX)

    await migrate(filled)
    made = await reader.fetchval(NEW_INDEX)
    await reader.close()

    assert half_made is False
    assert made is True


async def test_eight_at_once_migrate_a_filled_database_that_is_written_to(
    filled: Database, other: Any, postgres_url: str
) -> None:
    """Processes do so in `test_sql_migrate.py`; what matters here is that there are many."""
    databases = [open_database(postgres_url) for _ in range(8)]
    crowd = asyncio.gather(*(migrate(database) for database in databases))
    writes = 0
    while not crowd.done():
        writes += 1
        write = "UPDATE jobs SET updated_at = $1 WHERE id = 'job_7'"
        await other.execute(write, writes, timeout=5.0)
    await crowd
    for database in databases:
        await database.close()
    changes, store = SqlChanges(filled), SqlJobs(filled, RecordedDelivery())
    cursor = (await changes.begin()).cursor
    created = await store.create(a_job())
    news = await changes.since(cursor)
    await changes.close()

    assert writes > 10
    assert await revision(filled) == HEAD
    assert list(news.documents) == [created]
