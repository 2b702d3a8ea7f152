"""Poll reads over both databases: what the long way gives, byte for byte, and nobody else's."""

import asyncio
from dataclasses import replace
from random import Random
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text

from example_jobs import READY, RecordedDelivery, a_job
from jobs import (
    Claimed,
    Database,
    Failure,
    Job,
    Progress,
    SqlJobs,
    Status,
    StoreUnavailable,
    migrate,
    new_id,
    open_database,
    render,
)
from jobs.sql_polls import polled
from jobs.sql_rows import row_of
from jobs.sql_schema import jobs
from poll_reads_bench import AT_ONCE, NEW, OLD, measured, old_way

WORDS: Final = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=20)
"""What PostgreSQL's text can hold."""
SECONDS: Final = st.floats(0, 4e9)


@st.composite
def any_job(draw: st.DrawFn) -> Job:
    now = draw(SECONDS)
    return replace(
        a_job(now=now),
        id=new_id(now),
        owner=draw(WORDS),
        kind=draw(WORDS),
        status=draw(st.sampled_from(Status)),
        version=draw(st.integers(1, 2**63 - 1)),
        deleted=draw(st.booleans()),
        metadata=draw(st.dictionaries(WORDS, WORDS | st.integers() | st.none(), max_size=3)),
        progress=Progress(percent=draw(st.floats(0, 100)), phase=draw(WORDS)),
        started_at=draw(st.none() | SECONDS),
        error=draw(st.none() | st.builds(Failure, code=WORDS, message=WORDS)),
        outputs=draw(st.sampled_from([(), (READY,)])),
    )


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=st.lists(any_job(), min_size=1, max_size=9))
async def test_a_poll_reads_what_the_long_way_reads_of_any_job(
    wanted: list[Job], database: Database, store: SqlJobs
) -> None:
    documents = {job.id: render(job) for job in wanted}
    async with database.transaction() as connection:
        for job in wanted:
            await connection.execute(insert(jobs).values(row_of(job, documents[job.id])))
    together = await store.statuses(dict.fromkeys(documents, 0), owner=None)
    alone = [(await store.status(job.id, owner=None)).document for job in wanted]

    assert await old_way(database, [*documents]) == documents
    assert {job_id: it.document for job_id, it in together.items()} == documents
    assert alone == [*documents.values()]


def test_numbers_that_stand_for_truth_are_truth() -> None:
    document = polled(("job_x", "default", 3, 1, 0, 0, b" {}\n"))

    assert document.done is True
    assert document.gone is False
    assert document.body == b" {}\n"


async def test_each_of_a_crowd_gets_its_own_answer_whoever_leaves_when(store: SqlJobs) -> None:
    """A read that is left alone must never lend its answer to the next."""
    documents = [await store.create(a_job()) for _ in range(50)]
    dice = Random(1)

    async def poll(place: int) -> bool:
        answer = await store.status(documents[place % 50].id, owner=None)
        return answer.document == documents[place % 50]

    for _ in range(6):
        asked = [asyncio.create_task(poll(place)) for place in range(60)]
        leaving = {task for task in asked if dice.random() < 0.5}
        for task in leaving:
            for _ in range(dice.randrange(3)):
                await asyncio.sleep(0)
            task.cancel()
        answers = await asyncio.gather(*asked, return_exceptions=True)

        stayed = [it for task, it in zip(asked, answers, strict=True) if task not in leaving]
        assert stayed == [True] * len(stayed)
    assert await poll(7)


async def test_the_rows_are_those_of_the_jobs_asked_for_and_no_others(
    database: Database, store: SqlJobs
) -> None:
    ids = sorted([(await store.create(a_job())).id for _ in range(4)])
    alone = [[row[0] for row in await database.polls.rows([job_id])] for job_id in ids]
    two = await database.polls.rows([ids[1], ids[2], "job_x"])

    assert alone == [[job_id] for job_id in ids]
    assert sorted(row[0] for row in two) == ids[1:3]
    assert list(await database.polls.rows(["job_x"])) == []


async def test_all_jobs_of_an_owner_have_one_text_for_it(store: SqlJobs) -> None:
    """Compared for each poll, and kept for each job."""
    ids = [(await store.create(a_job(owner="somebody"))).id for _ in range(2)]
    one, other = [(await store.status(job_id, owner=None)).document for job_id in ids]

    assert one
    assert other
    assert one.owner is other.owner


async def test_a_change_is_read_at_once(store: SqlJobs) -> None:
    document = await store.create(a_job())
    await store.status(document.id, owner=None)
    change = await store.advance(document.id, Claimed(worker="w"), now=1.0)

    assert (await store.status(document.id, owner=None)).document == change.document


async def test_a_table_that_is_not_there_yet_is_an_error_and_then_it_is_there(
    database_url: str,
) -> None:
    ours, theirs = open_database(database_url), open_database(database_url)
    store = SqlJobs(ours, RecordedDelivery())
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="jobs"):
            await store.status("job_x", owner=None)
    await migrate(theirs)
    document = await SqlJobs(theirs, RecordedDelivery()).create(a_job())
    answer = await store.status(document.id, owner=None)
    for database in (ours, theirs):
        await database.close()

    assert answer.document == document


async def test_a_table_that_gets_another_column_is_read_on(
    database: Database, store: SqlJobs
) -> None:
    """What was prepared for the table as it was is prepared again."""
    document = await store.create(a_job())
    before = await store.status(document.id, owner=None)
    async with database.transaction() as connection:
        await connection.execute(text("ALTER TABLE jobs ADD COLUMN more INTEGER"))

    assert before.document == (await store.status(document.id, owner=None)).document == document


async def test_closing_twice_or_unused_is_fine(database_url: str) -> None:
    database = open_database(database_url)
    for _ in range(2):
        await database.polls.close()
    await database.close()


async def test_what_is_closed_while_a_poll_reads_harms_nobody(
    database: Database, store: SqlJobs
) -> None:
    document = await store.create(a_job())
    await store.status(document.id, owner=None)
    asked: list[asyncio.Task[Any]] = [
        asyncio.create_task(store.status(document.id, owner=None)) for _ in range(10)
    ]
    await asyncio.sleep(0)
    await database.polls.close()

    assert {(await task).document for task in asked} == {document}


async def test_the_bench_measures_each_way(database: Database) -> None:
    costs = await measured(database, reads=4, rounds=1)

    assert {(way, count) for way in (OLD, NEW) for count in AT_ONCE} <= costs.keys()
    assert min(cost.wall for cost in costs.values()) > 0
