"""Fills a database with jobs of one size; run as a child, so that the bench itself stays small.

`python -m benchmarks.seed DATABASE_URL COUNT [running]` with backend/ and the root on the path
prints their ids, one a line. It writes rows past the store: a hundred thousand are seconds, and no
worker gets to know of them.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from sqlalchemy import insert

from jobs import Database, Job, Output, Progress, Status, migrate, new_id, open_database, render
from jobs.sql_rows import row_of
from jobs.sql_schema import jobs, workers

DOCUMENT_BYTES: Final = 2048
WORKER: Final = "bench"
_AT_ONCE: Final = 1000
_DAY: Final = 86_400.0


def sized_job(now: float, *, size: int = DOCUMENT_BYTES) -> Job:
    """A queued job whose document has exactly that many bytes."""
    bare = Job(
        id=new_id(now),
        kind="thumbnail",
        source={"type": "sample"},
        spec={"width": 640},
        metadata={"note": ""},
        outputs=(Output(name="thumbnail.jpg", content_type="image/jpeg"),),
        created_at=now,
        updated_at=now,
        deadline_at=now + _DAY,
    )
    return replace(bare, metadata={"note": "x" * (size - len(render(bare).body))})


def begun(job: Job) -> Job:
    """The same job, held by the bench's own worker."""
    return replace(
        job,
        status=Status.RUNNING,
        worker=WORKER,
        fence=1,
        attempt=1,
        started_at=job.created_at,
        progress=Progress(phase="transcode"),
    )


def made(count: int, *, running: bool) -> Iterator[Job]:
    for _ in range(count):
        job = sized_job(time.time())
        yield begun(job) if running else job


async def fill(database: Database, count: int, *, running: bool) -> list[str]:
    """Raises StoreUnavailable."""
    await migrate(database)
    wanted, ids = made(count, running=running), list[str]()
    if running:  # or the next sweep would give the jobs to others
        async with database.transaction() as connection:
            lease = {"id": WORKER, "expires_at": time.time() + _DAY}
            await connection.execute(insert(workers).values(lease))
    while some := [*islice(wanted, _AT_ONCE)]:
        async with database.transaction() as connection:
            await connection.execute(insert(jobs), [row_of(job, render(job)) for job in some])
        ids += [job.id for job in some]
    return ids


async def main(url: str, count: str, *states: str) -> None:
    database = open_database(url)
    try:
        ids = await fill(database, int(count), running="running" in states)
    finally:
        await database.close()
    print("\n".join(ids))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
