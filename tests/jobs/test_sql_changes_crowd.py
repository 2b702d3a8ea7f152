"""The feed of changes among others that use the database, and with a follower that gives up."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from example_jobs import RecordedDelivery, a_job
from jobs import Database, SqlChanges, SqlJobs, migrate, open_database

SOON = 0.5  # seconds, for what takes a few milliseconds on an idle machine


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
