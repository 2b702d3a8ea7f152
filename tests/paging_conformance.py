"""The part of the store's conformance suite that walks pages."""

import time
from dataclasses import replace

import pytest

from example_jobs import a_job
from jobs import BadCursor, CancelRequested, Deleted, JobStore, PageQuery, Status, new_id


class PagingConformance:
    async def test_pages_walk_every_job_once_newest_first(self, store: JobStore) -> None:
        owner = f"pager-{new_id(time.time())}"
        made = [a_job(owner=owner, now=1_000_000.0 + n) for n in range(7)]
        for job in made:
            await store.create(job)

        seen: list[str] = []
        query = PageQuery(owner=owner, limit=3)
        while True:
            page = await store.page(query)
            seen += [document.id for document in page.documents]
            if page.next_cursor is None:
                break
            query = replace(query, cursor=page.next_cursor)

        assert seen == [job.id for job in reversed(made)]

    async def test_pages_are_filtered_and_never_show_deleted_jobs(self, store: JobStore) -> None:
        owner = f"filter-{new_id(time.time())}"
        queued, canceled, deleted = (a_job(owner=owner) for _ in range(3))
        probe = a_job(owner=owner, kind="probe")
        for job in (queued, canceled, deleted, probe):
            await store.create(job)
        for job in (canceled, deleted):
            await store.advance(job.id, CancelRequested(), now=1.0)
        await store.advance(deleted.id, Deleted(), now=2.0)

        by_status = await store.page(PageQuery(owner=owner, status=Status.CANCELED))
        by_kind = await store.page(PageQuery(owner=owner, kind="probe"))

        assert [document.id for document in by_status.documents] == [canceled.id]
        assert [document.id for document in by_kind.documents] == [probe.id]

    @pytest.mark.parametrize("cursor", ["", "x", "!!!", "W10", "bnVsbA", "é", "A" * 500])
    async def test_a_foreign_cursor_is_refused(self, store: JobStore, cursor: str) -> None:
        with pytest.raises(BadCursor):
            await store.page(PageQuery(owner="default", cursor=cursor))

    async def test_a_cursor_does_not_fit_other_filters(self, store: JobStore) -> None:
        owner = f"cursor-{new_id(time.time())}"
        for _ in range(2):
            await store.create(a_job(owner=owner))
        page = await store.page(PageQuery(owner=owner, limit=1))

        with pytest.raises(BadCursor):
            await store.page(PageQuery(owner=owner, kind="probe", cursor=page.next_cursor))
