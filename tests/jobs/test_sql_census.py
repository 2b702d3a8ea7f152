"""Jobs that are not done and workers that live are counted, over both databases, by an index."""

import time

import pytest
from sqlalchemy import text

from example_jobs import a_job
from jobs import (
    CancelRequested,
    Claimed,
    Database,
    Job,
    Lost,
    SqlBacklog,
    SqlCensus,
    SqlJobs,
    StoreUnavailable,
    open_database,
    sql_census,
)


@pytest.fixture
def census(database: Database) -> SqlCensus:
    return SqlCensus(database)


async def created(store: SqlJobs, *, ago: float = 0.0) -> Job:
    job = a_job(now=time.time() - ago)
    await store.create(job)
    return job


async def test_of_an_empty_database_each_status_is_told_with_zero(census: SqlCensus) -> None:
    found = await census.take()

    assert found.jobs == {"queued": 0, "running": 0, "canceling": 0}
    assert (found.oldest_queued_seconds, found.workers_living) == (0.0, 0)


async def test_jobs_are_counted_by_status_and_those_that_are_done_are_not(
    store: SqlJobs, census: SqlCensus
) -> None:
    _queued, running, canceling, ended = [await created(store, ago=9.0) for _ in range(4)]
    for job in (running, canceling):
        await store.advance(job.id, Claimed(worker="w"), now=time.time())
    for job in (canceling, ended):
        await store.advance(job.id, CancelRequested(), now=time.time())

    assert (await census.take()).jobs == {"queued": 1, "running": 1, "canceling": 1}


async def test_the_oldest_is_the_one_that_has_waited_longest_to_be_claimed(
    store: SqlJobs, census: SqlCensus
) -> None:
    for ago in (30.0, 700.0, 5.0):
        await created(store, ago=ago)
    claimed = await created(store, ago=2000.0)
    claimed = (await store.advance(claimed.id, Claimed(worker="w"), now=time.time())).job
    assert 699.0 < (await census.take()).oldest_queued_seconds < 760.0

    await store.advance(claimed.id, Lost(fence=claimed.fence), now=time.time() - 800.0)
    assert 799.0 < (await census.take()).oldest_queued_seconds < 860.0


async def test_a_writer_whose_clock_is_ahead_makes_no_negative_wait(
    store: SqlJobs, census: SqlCensus
) -> None:
    await created(store, ago=-100.0)

    assert (await census.take()).oldest_queued_seconds == 0.0


async def test_only_workers_whose_lease_has_not_run_out_live(
    backlog: SqlBacklog, census: SqlCensus
) -> None:
    await backlog.renew("one", seconds=60.0)
    await backlog.renew("two", seconds=60.0)
    await backlog.renew("dead", seconds=0.0)
    assert (await census.take()).workers_living == 2

    await backlog.retire("one")
    assert (await census.take()).workers_living == 1


async def test_of_more_jobs_than_are_counted_those_with_the_nearest_deadlines_are(
    store: SqlJobs, census: SqlCensus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_census, "MOST_JOBS", 2)
    for ago in (5.0, 700.0, 30.0):
        await created(store, ago=ago)
    found = await census.take()

    assert found.jobs["queued"] == 2
    assert found.oldest_queued_seconds > 699.0


async def test_jobs_that_are_done_are_passed_over_by_the_index(migrated_sqlite_url: str) -> None:
    """Asked of SQLite's own planner; no scan of the table, and no sorting before the limit."""
    database = open_database(migrated_sqlite_url)
    statement = (
        "EXPLAIN QUERY PLAN SELECT status, updated_at FROM jobs WHERE done IS 0"
        " ORDER BY deadline_at LIMIT 9"
    )
    async with database.reading() as connection:
        plan = [row[3] for row in await connection.execute(text(statement))]
    await database.close()

    assert plan == ["SEARCH jobs USING INDEX jobs_by_deadline (done=?)"]


async def test_a_database_without_tables_is_one_that_does_not_answer(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with pytest.raises(StoreUnavailable):
        await SqlCensus(database).take()
    await database.close()
