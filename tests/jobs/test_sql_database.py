"""Opening and migrating both databases, and what becomes of their errors."""

import asyncio
import multiprocessing
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from jobs import BadDatabaseUrl, Database, StoreUnavailable, migrate, open_database, sql_database
from jobs.sql_schema import metadata


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

    assert revision.scalar() == sql_database.HEAD


async def test_sqlite_runs_in_wal_mode(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    await migrate(database)
    async with database.reading() as connection:
        mode = (await connection.execute(text("PRAGMA journal_mode"))).scalar()
    await database.close()

    assert mode == "wal"


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://h/d", "sqlite://", "sqlite:///:memory:", "redis://h"]
)
def test_a_url_that_cannot_be_a_database_is_refused_with_the_forms_that_can(url: str) -> None:
    with pytest.raises(BadDatabaseUrl, match="sqlite:///path/to/file or postgresql://"):
        open_database(url)


async def test_a_database_that_does_not_answer_is_one_named_error() -> None:
    database = open_database("postgresql://nobody@127.0.0.1:1/nowhere")

    with pytest.raises(StoreUnavailable):
        await database.ping()
    with pytest.raises(StoreUnavailable):
        await migrate(database)
    await database.close()


async def test_a_failing_transaction_leaves_nothing_behind(database: Database) -> None:
    async def insert_and_break() -> None:
        async with database.transaction() as connection:
            await connection.execute(text("INSERT INTO workers VALUES ('w', 1)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await insert_and_break()

    async with database.reading() as connection:
        count = (await connection.execute(text("SELECT count(*) FROM workers"))).scalar()
    assert count == 0


async def test_an_unwritable_folder_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises((OSError, StoreUnavailable)):
        await migrate(open_database(f"sqlite:///{tmp_path}/file/tally.db"))


async def test_a_frozen_process_cannot_keep_row_locks_for_ever(postgres_url: str) -> None:
    database = open_database(postgres_url)
    async with database.transaction() as connection:
        bound = await connection.execute(text("SHOW idle_in_transaction_session_timeout"))
        bounded = bound.scalar()
    await database.close()

    assert bounded == "15s"
