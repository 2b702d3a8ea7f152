"""The SQL store passes the conformance suite on SQLite and PostgreSQL; and what is its own."""

import pytest

from example_jobs import RecordedDelivery, a_job
from job_store_conformance import JobStoreConformance
from jobs import Connection, Database, JobNotFound, SqlJobs


class TestSqlJobs(JobStoreConformance):
    """Over both databases: `store` comes from conftest.py, once for each."""


class BrokenDelivery:
    async def deliver(self, connection: Connection, job_id: str, fence: int) -> None:
        raise RuntimeError("the queue is broken")


async def test_a_job_that_cannot_be_queued_is_not_kept(database: Database) -> None:
    job = a_job()
    broken = SqlJobs(database, BrokenDelivery())

    with pytest.raises(RuntimeError, match="the queue is broken"):
        await broken.create(job)

    with pytest.raises(JobNotFound):
        await SqlJobs(database, RecordedDelivery()).get(job.id, owner=None)
