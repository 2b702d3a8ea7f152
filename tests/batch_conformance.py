"""The part of the store's conformance suite that asks for many jobs at once."""

import time

from example_jobs import a_job
from jobs import CancelRequested, Claimed, Deleted, JobStore, new_id


class BatchConformance:
    async def test_a_batch_is_what_each_poll_gives(self, store: JobStore) -> None:
        queued, running, deleted = (a_job() for _ in range(3))
        for job in (queued, running, deleted):
            await store.create(job)
        await store.advance(running.id, Claimed(worker="w"), now=1.0)
        await store.advance(deleted.id, CancelRequested(), now=1.0)
        await store.advance(deleted.id, Deleted(), now=2.0)
        ids = [deleted.id, new_id(time.time()), running.id, queued.id]

        together = await store.statuses(dict.fromkeys(ids, 0), owner="default")
        alone = [await store.status(job_id, owner="default") for job_id in ids]

        assert [*together] == ids
        assert [together[job_id].document for job_id in ids] == [it.document for it in alone]
        assert [it.document and it.document.version for it in alone] == [3, None, 2, 1]

    async def test_of_a_batch_another_owners_jobs_look_like_no_jobs(self, store: JobStore) -> None:
        hers, his = a_job(owner="alice"), a_job(owner="bob")
        documents = [await store.create(job) for job in (hers, his)]
        wanted = {hers.id: 0, his.id: 10**9}

        for_alice = await store.statuses(wanted, owner="alice")
        for_us = await store.statuses({hers.id: 0, his.id: 0}, owner=None)

        assert [answer.document for answer in for_alice.values()] == [documents[0], None]
        assert [answer.document for answer in for_us.values()] == documents

    async def test_a_floor_in_a_batch_gets_the_newest_there_is(self, store: JobStore) -> None:
        jobs = [a_job() for _ in range(3)]
        for job in jobs:
            await store.create(job)
        newest = [
            (await store.advance(job.id, Claimed(worker="w"), now=1.0)).document for job in jobs
        ]
        floors = dict(zip([job.id for job in jobs], (2, 1, 10**12), strict=True))

        answers = await store.statuses(floors, owner="default")

        assert [answer.document for answer in answers.values()] == newest

    async def test_a_batch_of_none_is_none_and_one_of_a_hundred_has_all(
        self, store: JobStore
    ) -> None:
        documents = [await store.create(a_job()) for _ in range(100)]

        assert await store.statuses({}, owner=None) == {}
        answers = await store.statuses({document.id: 0 for document in documents}, owner=None)
        assert [answer.document for answer in answers.values()] == documents

    async def test_what_is_no_id_is_no_job_in_a_batch_either(self, store: JobStore) -> None:
        document = await store.create(a_job())

        answers = await store.statuses({"*": 0, document.id: 0, "job_x": 3}, owner="default")

        assert {job_id: answer.document for job_id, answer in answers.items()} == {
            "*": None,
            document.id: document,
            "job_x": None,
        }
