"""The feed of changes, on SQLite and PostgreSQL alike: all that is committed, once, whole."""

from collections.abc import Sequence

import pytest

from example_jobs import a_job
from jobs import (
    CancelRequested,
    Claimed,
    Deleted,
    Document,
    Finished,
    Progressed,
    SqlChanges,
    SqlJobs,
    StoreUnavailable,
    open_database,
)

HALF = Progressed(fence=1, percent=50.0, phase="encode")


def ids(documents: Sequence[Document]) -> list[str]:
    return sorted(document.id for document in documents)


async def test_what_was_before_the_beginning_is_no_news(
    store: SqlJobs, changes: SqlChanges
) -> None:
    await store.create(a_job())

    beginning = await changes.begin()
    news = await changes.since(beginning.cursor)

    assert not news.documents


async def test_the_beginning_knows_the_versions_of_the_jobs_that_are_not_done(
    store: SqlJobs, changes: SqlChanges
) -> None:
    queued, running, done = a_job(), a_job(), a_job()
    for job in (queued, running, done):
        await store.create(job)
    await store.advance(running.id, Claimed(worker="w"), now=1.0)
    await store.advance(done.id, CancelRequested(), now=1.0)

    beginning = await changes.begin()

    assert beginning.versions == {queued.id: 1, running.id: 2}


async def test_a_new_job_and_each_of_its_steps_are_told_of_as_the_store_has_them(
    store: SqlJobs, changes: SqlChanges
) -> None:
    cursor = (await changes.begin()).cursor
    job = a_job(owner="alice")

    created = await store.create(job)
    first = await changes.since(cursor)
    claimed = await store.advance(job.id, Claimed(worker="w"), now=1.0)
    second = await changes.since(first.cursor)
    third = await changes.since(second.cursor)

    assert list(first.documents) == [created]
    assert list(second.documents) == [claimed.document]
    assert not third.documents


async def test_several_changes_of_a_job_are_told_of_once_as_it_is_now(
    store: SqlJobs, changes: SqlChanges
) -> None:
    cursor = (await changes.begin()).cursor
    job = a_job()
    await store.create(job)
    await store.advance(job.id, Claimed(worker="w"), now=1.0)
    newest = await store.advance(job.id, HALF, now=2.0)

    assert list((await changes.since(cursor)).documents) == [newest.document]


async def test_a_deleted_job_comes_as_a_tombstone(store: SqlJobs, changes: SqlChanges) -> None:
    job = a_job()
    await store.create(job)
    await store.advance(job.id, Claimed(worker="w"), now=1.0)
    await store.advance(job.id, Finished(fence=1), now=2.0)
    cursor = (await changes.begin()).cursor

    await store.advance(job.id, Deleted(), now=3.0)
    (tombstone,) = (await changes.since(cursor)).documents

    assert (tombstone.id, tombstone.gone, tombstone.version) == (job.id, True, 4)


async def test_a_cursor_may_be_used_again_and_an_older_one_tells_more(
    store: SqlJobs, changes: SqlChanges
) -> None:
    oldest = (await changes.begin()).cursor
    one, two = a_job(), a_job()
    await store.create(one)
    older = (await changes.since(oldest)).cursor
    await store.create(two)

    for _ in range(2):
        assert ids((await changes.since(older)).documents) == [two.id]
    assert ids((await changes.since(oldest)).documents) == sorted([one.id, two.id])


async def test_a_change_while_no_connection_was_open_is_told_of(
    store: SqlJobs, changes: SqlChanges
) -> None:
    cursor = (await changes.begin()).cursor
    cursor = (await changes.since(cursor)).cursor
    await changes.close()
    created = await store.create(a_job())

    assert created in (await changes.since(cursor)).documents


async def test_no_database_is_the_named_error() -> None:
    database = open_database("postgresql://nobody@127.0.0.1:1/nowhere")
    changes = SqlChanges(database)

    with pytest.raises(StoreUnavailable):
        await changes.begin()
    with pytest.raises(StoreUnavailable):
        await changes.since("1/1/3:3:")
    await changes.close()
