"""The feed of changes when a database goes back in time: restored, crashed, or another one."""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from example_jobs import RecordedDelivery, a_job
from jobs import Claimed, Database, HistoryLost, SqlChanges, SqlJobs, migrate, open_database
from jobs.sql_snapshot import Seen

CLAIMED = Claimed(worker="w")


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    database = open_database(postgres_url)
    await migrate(database)
    yield database
    await database.close()


async def run(database: Database, *statements: str) -> None:
    async with database.transaction() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def test_a_number_of_the_future_is_not_told_at_every_beat(
    database: Database, store: SqlJobs, changes: SqlChanges
) -> None:
    """A dump from a server that had done more brings such numbers."""
    cursor = (await changes.begin()).cursor
    await store.create(a_job())
    future = "UPDATE jobs SET change_number = 1000000000000"
    await run(database, "ALTER TABLE jobs DISABLE TRIGGER USER", future)

    assert not (await changes.since(cursor)).documents


async def test_a_new_connection_tells_of_the_last_changes_once_more(
    store: SqlJobs, changes: SqlChanges
) -> None:
    """A server that crashed gives ids again that it had given out and lost."""
    created = await store.create(a_job())
    cursor = (await changes.begin()).cursor
    await changes.close()
    again = await changes.since(cursor)

    assert list(again.documents) == [created]
    assert not (await changes.since(again.cursor)).documents


async def test_a_server_that_is_behind_the_cursor_has_lost_history(
    store: SqlJobs, changes: SqlChanges
) -> None:
    job = a_job()
    await store.create(job)
    begun = Seen.of((await changes.begin()).cursor)

    with pytest.raises(HistoryLost):
        await changes.since(str(replace(begun, high=begun.high + 1000)))
    assert (await changes.begin()).versions == {job.id: 1}


async def test_a_table_restored_in_place_is_history_lost(
    database: Database, store: SqlJobs, changes: SqlChanges
) -> None:
    job = a_job()
    await store.create(job)
    await run(database, "CREATE TABLE dump AS SELECT * FROM jobs")
    await store.advance(job.id, CLAIMED, now=1.0)
    cursor = (await changes.begin()).cursor
    await run(database, "TRUNCATE jobs", "INSERT INTO jobs SELECT * FROM dump")

    with pytest.raises(HistoryLost):
        await changes.since(cursor)
    assert (await changes.begin()).versions == {job.id: 1}


async def test_an_older_copy_put_back_into_the_file_is_history_lost(
    sqlite_url: str, tmp_path: Path
) -> None:
    database = open_database(sqlite_url)
    await migrate(database)
    store, changes = SqlJobs(database, RecordedDelivery()), SqlChanges(database)
    job = a_job()
    await store.create(job)
    copy = sqlite3.connect(tmp_path / "copy.db")
    live = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
    live.backup(copy)
    await store.advance(job.id, CLAIMED, now=1.0)
    cursor = (await changes.begin()).cursor

    copy.backup(live)
    with pytest.raises(HistoryLost):
        await changes.since(cursor)
    anew = await changes.begin()
    for connection in (copy, live):
        connection.close()
    await changes.close()
    await database.close()

    assert anew.versions == {job.id: 1}
