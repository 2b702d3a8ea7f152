"""Migrations: by several at once, true to the code, and never backwards."""

import asyncio
import multiprocessing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, insert, inspect, text

from example_jobs import RecordedDelivery, a_job
from jobs import (
    Claimed,
    Database,
    SchemaTooNew,
    SqlChanges,
    SqlJobs,
    migrate,
    open_database,
    render,
)
from jobs.sql_migrate import HEAD
from jobs.sql_rows import row_of
from jobs.sql_schema import jobs, metadata

MIGRATIONS = Path(__file__).parents[2] / "backend" / "jobs" / "migrations"


def migrate_in_a_process(url: str) -> None:
    async def main() -> None:
        database = open_database(url)
        await migrate(database)
        await database.close()

    asyncio.run(main())


@pytest.mark.timeout(60)
def test_processes_that_migrate_at_once_do_not_disturb_each_other(database_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    crowd = [context.Process(target=migrate_in_a_process, args=(database_url,)) for _ in range(3)]
    for process in crowd:
        process.start()
    for process in crowd:
        process.join()

    assert [process.exitcode for process in crowd] == [0, 0, 0]


async def test_the_migrated_schema_is_the_one_in_the_code(database: Database) -> None:
    async with database.reading() as connection:
        made = await connection.run_sync(
            lambda sync: {
                table: {column["name"] for column in inspect(sync).get_columns(table)}
                for table in inspect(sync).get_table_names()
            }
        )

    for table in metadata.tables.values():
        assert made[table.name] == {column.name for column in table.columns}


async def test_head_is_the_newest_migration(database: Database) -> None:
    async with database.reading() as connection:
        revision = await connection.execute(text("SELECT version_num FROM alembic_version"))

    assert revision.scalar() == HEAD


async def test_a_database_of_a_newer_version_is_refused_in_words(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(SchemaTooNew, match="migrated by a newer Tally"):
        await migrate(database)


def to_the_first_schema(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "0001")


async def test_jobs_of_the_first_schema_are_kept_and_followed(database_url: str) -> None:
    database = open_database(database_url)
    job = a_job()
    async with database.transaction() as connection:
        await connection.run_sync(to_the_first_schema)
        await connection.execute(insert(jobs).values(row_of(job, render(job))))

    await migrate(database)
    store, changes = SqlJobs(database, RecordedDelivery()), SqlChanges(database)
    kept = await store.get(job.id, owner=None)
    beginning = await changes.begin()
    claimed = await store.advance(job.id, Claimed(worker="w"), now=1.0)
    news = await changes.since(beginning.cursor)
    await changes.close()
    await database.close()

    assert kept == job
    assert beginning.versions == {job.id: 1}
    assert list(news.documents) == [claimed.document]
