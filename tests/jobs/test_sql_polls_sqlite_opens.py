"""Poll reads from a database file: how it is opened, and what is left where that fails."""

import asyncio
import gc
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from jobs import open_database
from jobs.sql_polls_sqlite import SqlitePolls
from patience import seen


async def test_no_thread_keeps_a_process_from_its_end(tmp_path: Path) -> None:
    """Else one whose disk hangs could not exit."""
    before = {*threading.enumerate()}
    polls = SqlitePolls(f"{tmp_path}/tally.db", {}, [])
    with pytest.raises(sqlite3.OperationalError, match="no such table: jobs"):
        await polls.rows(["job_x"])
    begun = {*threading.enumerate()} - before
    await polls.close()

    assert [thread.daemon for thread in begun] == [True]


async def test_a_connection_that_cannot_be_set_up_leaves_no_thread_behind(tmp_path: Path) -> None:
    before = {*threading.enumerate()}
    polls = SqlitePolls(f"{tmp_path}/tally.db", {}, ["PRAGMA journal_mode = WAL", "nonsense"])
    with pytest.raises(sqlite3.OperationalError, match="nonsense"):
        await polls.rows(["job_x"])

    await seen(lambda: before.issuperset(threading.enumerate()))


async def test_an_opening_that_fails_when_all_have_left_is_no_news(tmp_path: Path) -> None:
    """Nobody is told by the loop of an error that nobody waits for any more."""
    told: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context))
    before = asyncio.all_tasks()
    asked = asyncio.create_task(SqlitePolls(f"{tmp_path}/no/db", {}, []).rows(["job_x"]))
    await asyncio.sleep(0)
    asked.cancel()
    await asyncio.wait([asked])
    del asked
    await seen(lambda: asyncio.all_tasks() == before)
    gc.collect()

    assert told == []


async def test_a_file_that_cannot_be_opened_is_tried_again_by_the_next_poll(
    tmp_path: Path,
) -> None:
    polls = SqlitePolls(f"{tmp_path}/there/tally.db", {}, [])
    for _ in range(2):
        with pytest.raises(sqlite3.OperationalError, match="unable to open database file"):
            await polls.rows(["job_x"])
    (tmp_path / "there").mkdir()
    with pytest.raises(sqlite3.OperationalError, match="no such table: jobs"):
        await polls.rows(["job_x"])
    await polls.close()


async def test_a_file_that_the_first_poll_makes_is_in_the_right_mode(
    sqlite_url: str, tmp_path: Path
) -> None:
    database = open_database(sqlite_url)
    with pytest.raises(sqlite3.OperationalError):
        await database.polls.rows(["job_x"])
    await database.close()
    with sqlite3.connect(tmp_path / "tally.db") as connection:
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    connection.close()

    assert mode == "wal"
