"""The feed of changes when there is much to tell, and what it costs when there is nothing."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, text, update

from example_jobs import RecordedDelivery, a_job
from jobs import (
    Claimed,
    Database,
    Document,
    HistoryLost,
    SqlChanges,
    SqlJobs,
    migrate,
    new_id,
    open_database,
    render,
)
from jobs.sql_rows import row_of
from jobs.sql_schema import jobs


def statements_of(engine: Engine) -> list[tuple[str, Any]]:
    """What the engine is asked from now on, with the values."""
    asked: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    return asked


def before_page(
    engine: Engine, number: int, act: Callable[[], Awaitable[None]], word: str = "ORDER BY"
) -> None:
    """Lets `act` happen before the engine is asked for that page, or what else has the word."""
    pages = 0

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        nonlocal pages
        pages += word in statement
        if word in statement and pages == number:
            connection.connection.dbapi_connection.run_async(lambda _: act())

    event.listen(engine, "before_cursor_execute", note)


async def fill(database: Database, count: int) -> list[str]:
    """That many jobs, equal but for their ids, in one transaction."""
    job = a_job()
    like = row_of(job, render(job))
    rows = [{**like, "id": new_id(job.created_at)} for _ in range(count)]
    async with database.transaction() as connection:
        await connection.execute(insert(jobs), rows)
    return [row["id"] for row in rows]


async def test_several_pages_come_as_one_answer(database: Database, changes: SqlChanges) -> None:
    cursor = (await changes.begin()).cursor
    many = [*await fill(database, 300), *await fill(database, 900), *await fill(database, 300)]

    news = await changes.since(cursor)

    assert sorted(document.id for document in news.documents) == sorted(many)
    assert not (await changes.since(news.cursor)).documents


async def test_a_change_between_two_pages_is_in_this_answer_or_the_next(
    database: Database, store: SqlJobs, changes: SqlChanges
) -> None:
    cursor = (await changes.begin()).cursor
    many = await fill(database, 1200)
    changed: list[Document] = []
    claimed = Claimed(worker="w")

    async def change_some() -> None:
        chosen = (many[0], many[600], many[-1])  # read already, being read, still to come
        done = [await store.advance(job_id, claimed, now=1.0) for job_id in chosen]
        changed.extend(change.document for change in done)

    before_page(database.apart.sync_engine, 2, change_some)
    first = await changes.since(cursor)
    second = await changes.since(first.cursor)

    told = [*first.documents, *second.documents]
    assert len(changed) == 3
    assert all(document in told for document in changed)
    assert {document.id for document in told} == set(many)


async def test_an_older_transaction_that_commits_between_two_pages_is_in_the_next_answer(
    postgres_url: str,
) -> None:
    database = open_database(postgres_url)
    await migrate(database)
    changes = SqlChanges(database)
    (late,) = await fill(database, 1)
    cursor = (await changes.begin()).cursor
    async with database.writes.connect() as older:
        await older.execute(update(jobs).values(version=7))
        await fill(database, 1200)
        before_page(database.apart.sync_engine, 2, older.commit)
        first = await changes.since(cursor)
    second = await changes.since(first.cursor)
    await changes.close()
    await database.close()

    assert len(first.documents) == 1200
    assert [(document.id, document.version) for document in second.documents] == [(late, 7)]


async def test_a_change_right_after_the_look_is_seen_by_the_next_question(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    await migrate(database)
    store, changes = SqlJobs(database, RecordedDelivery()), SqlChanges(database)
    cursor = (await changes.begin()).cursor
    job = a_job()

    async def create() -> None:
        await store.create(job)

    before_page(database.apart.sync_engine, 1, create, word="max(")  # the question's last one
    first = await changes.since(cursor)
    second = await changes.since(first.cursor)
    await changes.close()
    await database.close()

    assert not first.documents
    assert [document.id for document in second.documents] == [job.id]


async def test_whoever_is_too_far_behind_is_told_to_begin_anew(
    database: Database, changes: SqlChanges
) -> None:
    cursor = (await changes.begin()).cursor
    for _ in range(10):
        await fill(database, 2_001)

    with pytest.raises(HistoryLost, match="Too much"):
        await changes.since(cursor)
    anew = await changes.begin()
    assert len(anew.versions) == 20_010
    assert not (await changes.since(anew.cursor)).documents


async def test_an_idle_question_is_one_statement(database: Database, changes: SqlChanges) -> None:
    cursor = (await changes.begin()).cursor
    cursor = (await changes.since(cursor)).cursor
    asked = statements_of(database.apart.sync_engine)

    await changes.since(cursor)

    assert len(asked) == 1


async def test_what_is_new_is_found_by_an_index(database: Database, changes: SqlChanges) -> None:
    await fill(database, 3_000)
    async with database.transaction() as connection:
        await connection.execute(text("ANALYZE"))
    cursor = (await changes.begin()).cursor
    asked = statements_of(database.apart.sync_engine)
    await changes.since(cursor)

    statement, values = next(one for one in asked if "ORDER BY" in one[0])
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    async with database.reading() as connection:
        plan = await connection.exec_driver_sql(explain + statement, values)
        lines = [str(row) for row in plan]

    assert any("jobs_by_change" in line for line in lines), "\n".join(lines)
