"""The one suite that every `JobStore` passes: a database, or a cache in front of one.

A test class inherits `JobStoreConformance` and gives fixtures `store`, and `delivery`
that remembers what was put into the workers' queue.
"""

import asyncio
import json
import time

import pytest

from batch_conformance import BatchConformance
from example_jobs import READY, RecordedDelivery, a_job
from jobs import (
    CancelRequested,
    Claimed,
    Deleted,
    Event,
    Failed,
    Failure,
    FenceLost,
    Finished,
    IllegalStep,
    JobGone,
    JobNotFound,
    JobStore,
    Lost,
    OutputReady,
    Progressed,
    Released,
    new_id,
    render,
)
from paging_conformance import PagingConformance


class JobStoreConformance(PagingConformance, BatchConformance):
    async def test_a_created_job_is_there_at_version_one_and_queued(
        self, store: JobStore, delivery: RecordedDelivery
    ) -> None:
        job = a_job()

        document = await store.create(job)
        answer = await store.status(job.id, owner="default")

        assert document == render(job)
        assert answer.document == document
        assert delivery.jobs == [job.id]

    async def test_get_gives_back_every_field(self, store: JobStore) -> None:
        job = a_job()
        await store.create(job)

        assert await store.get(job.id, owner="default") == job

    async def test_an_unknown_job_is_an_answer_without_a_document(self, store: JobStore) -> None:
        answer = await store.status(new_id(time.time()), owner="default")

        assert answer.document is None

    async def test_another_owners_job_looks_like_no_job(self, store: JobStore) -> None:
        job = a_job(owner="alice")
        await store.create(job)

        assert (await store.status(job.id, owner="bob")).document is None
        with pytest.raises(JobNotFound):
            await store.get(job.id, owner="bob")
        with pytest.raises(JobNotFound):
            await store.advance(job.id, CancelRequested(), now=1.0, owner="bob")
        assert (await store.get(job.id, owner=None)).owner == "alice"

    async def test_every_step_raises_the_version_by_one_and_is_seen_at_once(
        self, store: JobStore
    ) -> None:
        job = a_job()
        await store.create(job)
        events: tuple[Event, ...] = (
            Claimed(worker="w"),
            Progressed(fence=1, percent=10.0, phase="encode"),
            OutputReady(fence=1, outputs=(READY,)),
            Finished(fence=1),
        )

        for version, event in enumerate(events, start=2):
            change = await store.advance(job.id, event, now=job.created_at + version)
            answer = await store.status(job.id, owner="default")

            assert change.job.version == version
            assert answer.document == change.document == render(change.job)

        document = json.loads(change.document.body)
        assert document["status"] == "succeeded"
        assert document["outputs"][0]["sha256"] == READY.sha256

    async def test_an_illegal_step_is_refused_and_changes_nothing(self, store: JobStore) -> None:
        job = a_job()
        await store.create(job)

        with pytest.raises(IllegalStep):
            await store.advance(job.id, Deleted(), now=1.0)

        assert await store.get(job.id, owner=None) == job

    async def test_a_zombies_late_write_is_refused(self, store: JobStore) -> None:
        job = a_job()
        await store.create(job)
        await store.advance(job.id, Claimed(worker="zombie"), now=1.0)
        await store.advance(job.id, Lost(fence=1), now=2.0)
        successor = (await store.advance(job.id, Claimed(worker="new"), now=3.0)).job

        for late in (
            Progressed(fence=1, percent=99.0, phase="encode"),
            OutputReady(fence=1, outputs=(READY,)),
            Finished(fence=1),
            Failed(fence=1, failure=Failure(code="x", message="x")),
        ):
            with pytest.raises(FenceLost):
                await store.advance(job.id, late, now=4.0)

        assert await store.get(job.id, owner=None) == successor

    async def test_a_job_that_is_queued_again_is_delivered_again(
        self, store: JobStore, delivery: RecordedDelivery
    ) -> None:
        job = a_job()
        await store.create(job)
        await store.advance(job.id, Claimed(worker="w"), now=1.0)

        await store.advance(job.id, Released(fence=1), now=2.0)

        assert delivery.jobs == [job.id, job.id]

    async def test_of_many_who_claim_at_once_one_wins(self, store: JobStore) -> None:
        job = a_job()
        await store.create(job)

        results = await asyncio.gather(
            *(store.advance(job.id, Claimed(worker=f"w{n}"), now=1.0) for n in range(8)),
            return_exceptions=True,
        )

        won = [result for result in results if not isinstance(result, BaseException)]
        lost = [result for result in results if isinstance(result, IllegalStep)]
        assert (len(won), len(lost)) == (1, 7)
        assert (await store.get(job.id, owner=None)).version == 2

    async def test_changes_made_at_once_each_get_a_version_of_their_own(
        self, store: JobStore
    ) -> None:
        job = a_job()
        await store.create(job)
        await store.advance(job.id, Claimed(worker="w"), now=1.0)
        beats = [Progressed(fence=1, percent=float(n), phase="encode") for n in range(1, 9)]

        changes = await asyncio.gather(*(store.advance(job.id, beat, now=2.0) for beat in beats))

        assert sorted(change.job.version for change in changes) == list(range(3, 11))
        assert (await store.get(job.id, owner=None)).progress.percent == 8.0

    async def test_a_deleted_job_is_gone_for_everybody(self, store: JobStore) -> None:
        job = a_job()
        await store.create(job)
        await store.advance(job.id, CancelRequested(), now=1.0)

        change = await store.advance(job.id, Deleted(), now=2.0)
        answer = await store.status(job.id, owner="default")

        assert change.document.gone
        assert answer.document is not None
        assert (answer.document.gone, answer.document.body) == (True, b"")
        with pytest.raises(JobGone):
            await store.get(job.id, owner="default")
        with pytest.raises(JobGone):
            await store.advance(job.id, Deleted(), now=3.0)
