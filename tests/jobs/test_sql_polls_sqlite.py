"""Poll reads from a database file: one thread, whose disk may hang while all others go on."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest

import jobs.sql_polls_sqlite as module
from example_jobs import RecordedDelivery, a_job
from jobs import Document, SqlJobs, migrate, open_database
from jobs.sql_polls_sqlite import SqlitePolls
from patience import SLACK, seen

LIMIT: Final = 0.2


class Disk:
    """Lets statements pass or hang, as a disk does: in the thread, with no word. Counts them."""

    def __init__(self) -> None:
        self.well = threading.Event()
        self.well.set()
        self.opens = threading.Event()
        self.opens.set()
        self.reads = 0

    def connection(self) -> type[sqlite3.Connection]:
        disk = self

        class Connection(sqlite3.Connection):
            def __init__(self, *file: Any, **options: Any) -> None:
                disk.opens.wait()
                super().__init__(*file, **options)

            def execute(self, statement: str, *rest: Any) -> sqlite3.Cursor:
                disk.reads += statement.startswith("SELECT jobs.")
                disk.well.wait()
                return super().execute(statement, *rest)

        return Connection


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
async def documents(sqlite_url: str) -> list[Document]:
    database = open_database(sqlite_url)
    await migrate(database)
    store = SqlJobs(database, RecordedDelivery())
    documents = [await store.create(a_job()) for _ in range(2)]
    await database.close()
    return documents


@pytest.fixture
async def polls(
    documents: list[Document], disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[SqlitePolls]:
    monkeypatch.setattr(module, "_SECONDS", LIMIT)
    options = {"factory": disk.connection(), "isolation_level": None, "check_same_thread": False}
    polls = SqlitePolls(f"{tmp_path}/tally.db", options, ["PRAGMA journal_mode = WAL"])
    yield polls
    disk.well.set()
    disk.opens.set()
    await polls.close()


async def seconds_until_given_up(polls: SqlitePolls) -> float:
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        await polls.rows(["job_x"])
    return time.monotonic() - began


async def test_a_crowd_reads_in_one_thread(polls: SqlitePolls, documents: list[Document]) -> None:
    before = {*threading.enumerate()}
    crowd = await asyncio.gather(*(polls.rows([documents[0].id]) for _ in range(64)))

    assert len({*threading.enumerate()} - before) == 1
    assert {rows[0][0] for rows in crowd} == {documents[0].id}


@pytest.mark.parametrize("known", [True, False])
async def test_a_disk_that_hangs_is_an_error_within_bounds_and_one_thread_however_long(
    polls: SqlitePolls, documents: list[Document], disk: Disk, known: bool
) -> None:
    if known:
        await polls.rows(["job_x"])
    threads, before = {*threading.enumerate()}, disk.reads
    disk.well.clear()
    waited = [await seconds_until_given_up(polls) for _ in range(5)]
    crowd = await asyncio.gather(*(seconds_until_given_up(polls) for _ in range(50)))
    more = len({*threading.enumerate()} - threads)
    disk.well.set()
    rows = await polls.rows([documents[1].id])

    assert max(*waited, *crowd) < LIMIT + SLACK
    assert more == (0 if known else 1)
    assert [row[0] for row in rows] == [documents[1].id]
    assert disk.reads - before <= 2  # nobody has queued behind the first that hung


async def test_the_loop_goes_on_while_the_disk_hangs(polls: SqlitePolls, disk: Disk) -> None:
    await polls.rows(["job_x"])
    disk.well.clear()
    asked = asyncio.create_task(seconds_until_given_up(polls))
    turns = 0
    while not asked.done():
        await asyncio.sleep(0.001)
        turns += 1

    assert turns > 20


async def test_a_cancelled_poll_ends_at_once_and_the_next_gets_its_own_answer(
    polls: SqlitePolls, documents: list[Document], disk: Disk
) -> None:
    await polls.rows(["job_x"])
    disk.well.clear()
    before = disk.reads
    asked = asyncio.create_task(polls.rows([documents[0].id]))
    await seen(lambda: disk.reads > before)
    began = time.monotonic()
    asked.cancel()
    await asyncio.wait([asked])
    ended = time.monotonic() - began
    next_one = asyncio.create_task(polls.rows([documents[1].id]))
    await asyncio.sleep(0)
    disk.well.set()
    rows = await next_one

    assert asked.cancelled()
    assert ended < LIMIT
    assert [row[0] for row in rows] == [documents[1].id]


async def test_closing_ends_the_thread_and_does_not_wait_for_a_disk_that_hangs(
    polls: SqlitePolls, disk: Disk
) -> None:
    before = {*threading.enumerate()}
    await polls.rows(["job_x"])
    await polls.close()
    await seen(lambda: before.issuperset(threading.enumerate()))
    await polls.rows(["job_x"])
    disk.well.clear()
    await seconds_until_given_up(polls)
    began = time.monotonic()
    await polls.close()
    took = time.monotonic() - began
    disk.well.set()
    await seen(lambda: before.issuperset(threading.enumerate()))

    assert took < 0.5 + SLACK


async def test_closing_while_the_file_is_still_being_opened_leaves_no_task_behind(
    polls: SqlitePolls, disk: Disk
) -> None:
    tasks, threads = asyncio.all_tasks(), {*threading.enumerate()}
    disk.opens.clear()
    await seconds_until_given_up(polls)
    await polls.close()
    await seen(lambda: asyncio.all_tasks() == tasks, seconds=5.0, beat=0.01)
    disk.opens.set()

    await seen(lambda: threads.issuperset(threading.enumerate()))
