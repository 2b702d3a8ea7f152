"""Fills a database with jobs of known sizes; run as a child, so that the bench itself stays small.

`python -m benchmarks.seed DATABASE_URL COUNT LEAST GREATEST [running]` with backend/ and the root
on the path prints their ids, one a line; `sizes.py` has their sizes. It writes rows past the
store, copies of one job for each size: a hundred thousand are seconds, and no worker gets to know
of them.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import Any, Final

from sqlalchemy import insert

from benchmarks.sizes import sizes
from jobs import Database, Job, Output, Progress, Status, migrate, new_id, open_database, render
from jobs.sql_rows import row_of
from jobs.sql_schema import jobs, workers

DOCUMENT_BYTES: Final = 2048
WORKER: Final = "bench"
_AT_ONCE: Final = 1000
_DAY: Final = 86_400.0


def sized_job(now: float, *, size: int = DOCUMENT_BYTES, running: bool = False) -> Job:
    """A job whose document has exactly that many bytes; queued, or held by the bench's worker."""
    queued = Job(
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
    bare = _begun(queued) if running else queued
    return replace(bare, metadata={"note": "x" * (size - len(render(bare).body))})


def _begun(job: Job) -> Job:
    return replace(
        job,
        status=Status.RUNNING,
        worker=WORKER,
        fence=1,
        attempt=1,
        started_at=job.created_at,
        progress=Progress(phase="transcode"),
    )


@cache
def _row(size: int, running: bool) -> dict[str, Any]:
    job = sized_job(time.time(), size=size, running=running)
    return row_of(job, render(job))


def _copy(row: dict[str, Any]) -> dict[str, Any]:
    """The same job under another id, in its document as well. Cheaper than to render it anew."""
    new = new_id(time.time())
    document = row["document"].replace(row["id"].encode(), new.encode())
    return {**row, "id": new, "document": document}


def rows(of_sizes: list[int], *, running: bool) -> Iterator[dict[str, Any]]:
    for size in of_sizes:
        yield _copy(_row(size, running))


async def fill(database: Database, of_sizes: list[int], *, running: bool) -> list[str]:
    """Raises StoreUnavailable."""
    await migrate(database)
    wanted, ids = rows(of_sizes, running=running), list[str]()
    if running:  # or the next sweep would give the jobs to others
        async with database.transaction() as connection:
            lease = {"id": WORKER, "expires_at": time.time() + _DAY}
            await connection.execute(insert(workers).values(lease))
    while some := [*islice(wanted, _AT_ONCE)]:
        async with database.transaction() as connection:
            await connection.execute(insert(jobs), some)
        ids += [row["id"] for row in some]
    return ids


async def main(url: str, count: str, least: str, greatest: str, *states: str) -> None:
    database = open_database(url)
    wanted = sizes(int(count), int(least), int(greatest))
    try:
        ids = await fill(database, wanted, running="running" in states)
    finally:
        await database.close()
    print("\n".join(ids))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
