"""What SQLite itself would keep locked: connections that ended in the middle of something."""

import asyncio
import gc
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import pytest

from example_jobs import RecordedDelivery, a_job
from jobs import Claimed, Database, SqlJobs, migrate, open_database
from jobs.sql_sqlite import SqliteConnection

TRIES: Final = 100


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tally.db"


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Database]:
    database = open_database(f"sqlite:///{file}")
    await migrate(database)
    yield database
    await database.close()


@pytest.fixture
def no_collection() -> Iterator[None]:
    """What is in a circle stays, as it does for long in a process with little to do."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collection")
@pytest.mark.parametrize("times", [1, 2])
async def test_whenever_a_write_is_cancelled_the_next_one_need_not_wait_for_its_lock(
    database: Database, times: int
) -> None:
    store = SqlJobs(database, RecordedDelivery())
    cut: list[asyncio.Task[object]] = []
    longest = 0.0
    for number in range(TRIES):
        job = a_job()
        await store.create(job)
        change = store.advance(job.id, Claimed(worker="w"), now=time.time())
        cut.append(asyncio.create_task(change))
        for _ in range(times):
            await asyncio.sleep(0.004 * number / TRIES)
            cut[-1].cancel()
        await asyncio.wait(cut[-1:])
        began = time.monotonic()
        await store.create(a_job())
        longest = max(longest, time.monotonic() - began)

    assert sum(task.cancelled() for task in cut) > TRIES / 4
    assert longest < 4.0  # whoever is locked out waits for five seconds, and fails


def test_a_connection_that_is_closed_with_a_question_half_answered_locks_nothing(
    file: Path,
) -> None:
    ended = sqlite3.connect(file, isolation_level=None, factory=SqliteConnection)
    ended.execute("PRAGMA journal_mode = WAL")
    ended.execute("CREATE TABLE numbers (number)")
    ended.executemany("INSERT INTO numbers VALUES (?)", [(number,) for number in range(9)])
    ended.execute("BEGIN IMMEDIATE")
    half = ended.cursor().execute("SELECT number FROM numbers")
    first = half.fetchone()
    ended.close()
    other = sqlite3.connect(file, isolation_level=None, timeout=0.0)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO numbers VALUES (9)")
    other.execute("COMMIT")
    busy, *_ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    other.close()

    assert (first, busy) == ((0,), 0)
    with pytest.raises(sqlite3.ProgrammingError):
        half.fetchone()


def test_a_connection_may_be_closed_twice(file: Path) -> None:
    connection = sqlite3.connect(file, factory=SqliteConnection)
    held = connection.cursor().execute("SELECT 1")
    connection.close()
    connection.close()

    assert held.connection is connection
