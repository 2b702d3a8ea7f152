"""The feed of changes among others that use the database, and with a follower that gives up."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from sqlalchemy import event, text

from example_jobs import RecordedDelivery, a_job
from jobs import Database, HistoryLost, SqlChanges, SqlJobs, migrate, open_database
from jobs.sql_schema import jobs

SOON = 0.9  # seconds, for what takes a few milliseconds on an idle machine


@pytest.fixture
async def postgres(postgres_url: str) -> AsyncIterator[Database]:
    database = open_database(postgres_url)
    await migrate(database)
    yield database
    await database.close()


async def test_a_crowd_that_fills_the_pools_does_not_delay_the_feed(postgres: Database) -> None:
    changes = SqlChanges(postgres)
    cursor = (await changes.begin()).cursor
    inside, full, over = 0, asyncio.Event(), asyncio.Event()

    async def occupy() -> None:
        nonlocal inside
        async with postgres.reading():
            inside += 1
            if inside == 15:  # all that the pool gives out
                full.set()
            await over.wait()

    crowd = [asyncio.create_task(occupy()) for _ in range(40)]
    await full.wait()
    created = await SqlJobs(postgres, RecordedDelivery()).create(a_job())
    asked = time.monotonic()
    news = await changes.since(cursor)
    waited = time.monotonic() - asked
    over.set()
    await asyncio.gather(*crowd)
    await changes.close()

    assert list(news.documents) == [created]
    assert waited < SOON


async def test_an_open_write_does_not_delay_the_feed(
    database: Database, changes: SqlChanges
) -> None:
    cursor = (await changes.begin()).cursor
    asked = time.monotonic()
    async with database.transaction() as connection:
        await connection.execute(text("INSERT INTO workers VALUES ('w', 1)"))
        news = await changes.since(cursor)

    assert not news.documents
    assert time.monotonic() - asked < SOON


def scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The steps of a plan that read rows or entries of an index."""
    if plan["Node Type"].endswith("Scan") and plan["Node Type"] != "Subquery Scan":
        yield plan
    for step in plan.get("Plans", ()):
        yield from scans(step)


async def rows_read(database: Database, statement: str, values: Any) -> tuple[int, int]:
    """How many rows, and blocks of the table and its indexes."""
    async with database.reading() as connection:
        explain = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement
        plan = (await connection.exec_driver_sql(explain, values)).scalar_one()[0]["Plan"]
    rows = sum(
        int(step["Actual Loops"] * (step["Actual Rows"] + step.get("Rows Removed by Filter", 0)))
        for step in scans(plan)
    )
    return rows, plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


async def copy_jobs(database: Database, count: int) -> None:
    """So many more of the one there is."""
    others = ", ".join(column.name for column in jobs.columns if column.name != "id")
    copy = f"SELECT 'copy_' || n, {others} FROM jobs, generate_series(1, {count}) AS n"
    async with database.transaction() as connection:
        await connection.execute(text(f"INSERT INTO jobs (id, {others}) {copy}"))
        await connection.execute(text("ANALYZE jobs"))


@pytest.mark.parametrize("is_open", [True, False])
async def test_a_question_reads_few_rows_whatever_an_open_transaction_has_outlived(
    postgres: Database, is_open: bool
) -> None:
    store, changes, asked = SqlJobs(postgres, RecordedDelivery()), SqlChanges(postgres), []
    await store.create(a_job())
    event.listen(
        postgres.apart.sync_engine, "before_cursor_execute", lambda *args: asked.append(args[2:4])
    )
    async with postgres.writes.connect() as outliving:
        await outliving.execute(text("INSERT INTO workers VALUES ('w', 1)"))
        if not is_open:
            await outliving.commit()
        await copy_jobs(postgres, 20_000)
        cursor = (await changes.begin()).cursor
        created = await store.create(a_job())
        news = await changes.since(cursor)
        rows, blocks = await rows_read(postgres, *asked[-1])
        await outliving.rollback()
    await changes.close()

    assert list(news.documents) == [created]
    assert rows < 10
    assert blocks < 50  # the index has hundreds


async def test_a_change_of_all_jobs_at_once_is_history_lost_without_reading_them_all(
    postgres: Database,
) -> None:
    """Page by page through so many rows that are to be sorted takes longer than anybody waits."""
    store, changes, asked = SqlJobs(postgres, RecordedDelivery()), SqlChanges(postgres), []
    await store.create(a_job())
    await copy_jobs(postgres, 25_000)
    async with postgres.writes.connect() as bulk:
        await bulk.execute(text("UPDATE jobs SET retry_after = 3"))
        cursor = (await changes.begin()).cursor
        await bulk.commit()
    event.listen(
        postgres.apart.sync_engine, "before_cursor_execute", lambda *args: asked.append(args[2:4])
    )
    with pytest.raises(HistoryLost):
        await changes.since(cursor)
    rows, _ = await rows_read(postgres, *asked[-1])
    await changes.close()

    assert rows < 2_000


async def test_a_cancelled_question_to_a_file_harms_no_later_one(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    await migrate(database)
    changes = SqlChanges(database)
    cursor = (await changes.begin()).cursor
    for turns in range(12):
        asked = asyncio.create_task(changes.since(cursor))
        for _ in range(turns):
            await asyncio.sleep(0)
        asked.cancel()
        await asyncio.wait([asked])
    created = await SqlJobs(database, RecordedDelivery()).create(a_job())
    news = await changes.since(cursor)
    await changes.close()
    await database.close()

    assert list(news.documents) == [created]
