"""Removes the files of jobs that do not exist: what a kill in the middle of an upload may leave."""

import asyncio
from typing import Final

from jobs.errors import JobNotFound
from jobs.job_files import JobFiles
from jobs.store import JobStore

OLD_SECONDS: Final = 86_400.0
"""Longer than any upload takes: a younger folder may belong to a job that is on its way."""


async def tidy_files(store: JobStore, files: JobFiles, *, now: float) -> int:
    """Remove folders older than a day that no job has; how many. Raises StoreUnavailable.

    A job that the database does not know, or knows to be deleted, has no files; nothing else is
    touched, least of all because the database does not answer.
    """
    removed = 0
    for job_id in await asyncio.to_thread(files.untouched_since, now - OLD_SECONDS):
        try:
            await store.get(job_id, owner=None)
        except JobNotFound:
            await asyncio.to_thread(files.remove, job_id)
            removed += 1
    return removed
