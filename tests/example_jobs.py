"""Jobs to test with, and a queue that only remembers."""

import time

from jobs import Connection, Job, JobStore, Output, new_id


class RecordedDelivery:
    """A queue that only remembers what was put into it."""

    def __init__(self) -> None:
        self.jobs: list[str] = []

    async def deliver(self, connection: Connection, job_id: str, fence: int) -> None:
        self.jobs.append(job_id)


def a_job(owner: str = "default", kind: str = "thumbnail", now: float | None = None) -> Job:
    now = time.time() if now is None else now
    return Job(
        id=new_id(now),
        owner=owner,
        kind=kind,
        source={"type": "sample"},
        spec={"width": 640},
        metadata={"customer": "Žižka 🎬"},
        outputs=(Output(name="thumbnail.jpg", content_type="image/jpeg"),),
        created_at=now,
        updated_at=now,
        deadline_at=now + 3600,
    )


async def some_jobs(store: JobStore, number: int) -> list[Job]:
    """So many new ones, created in that store."""
    jobs = [a_job() for _ in range(number)]
    for job in jobs:
        await store.create(job)
    return jobs


READY = Output(
    name="thumbnail.jpg",
    content_type="image/jpeg",
    file="1-thumbnail.jpg",
    bytes=10,
    sha256="ab" * 32,
)
