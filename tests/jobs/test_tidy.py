"""Files of jobs that do not exist are removed, and no others."""

import time
from pathlib import Path

import pytest

from example_jobs import RecordedDelivery, a_job
from jobs import (
    CancelRequested,
    Deleted,
    JobFiles,
    SqlJobs,
    StoreUnavailable,
    new_id,
    open_database,
    tidy_files,
)

TOMORROW = 2 * 86_400.0


async def test_old_folders_without_a_job_go_and_all_others_stay(
    store: SqlJobs, tmp_path: Path
) -> None:
    files = JobFiles(tmp_path)
    kept, deleted, unknown = a_job(), a_job(), new_id(time.time())
    for job in (kept, deleted):
        await store.create(job)
    for event in (CancelRequested(), Deleted()):
        await store.advance(deleted.id, event, now=1.0)
    for job_id in (kept.id, deleted.id, unknown):
        files.prepare(job_id).write_bytes(b"film")
    (tmp_path / "jobs" / "not a job").mkdir()

    early = await tidy_files(store, files, now=time.time())
    late = await tidy_files(store, files, now=time.time() + TOMORROW)

    assert (early, late) == (0, 2)
    assert sorted(path.name for path in (tmp_path / "jobs").iterdir()) == [kept.id, "not a job"]


async def test_a_database_that_is_away_costs_no_file(tmp_path: Path) -> None:
    files, job_id = JobFiles(tmp_path), new_id(time.time())
    files.prepare(job_id).write_bytes(b"film")
    database = open_database("postgresql://nobody@127.0.0.1:1/nowhere")
    store = SqlJobs(database, RecordedDelivery())

    with pytest.raises(StoreUnavailable):
        await tidy_files(store, files, now=time.time() + TOMORROW)
    await database.close()

    assert files.source(job_id).exists()
