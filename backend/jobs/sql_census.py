"""Counts the jobs that are not done and the workers that live: EDGE, two reads of the database.

By the index `jobs_by_deadline`: jobs that are done cost nothing, however many there are.
"""

from typing import Final

from sqlalchemy import func, select

from jobs.census import Census
from jobs.job import FINAL, Status
from jobs.sql_database import Database
from jobs.sql_schema import jobs, workers

MOST_JOBS: Final = 100_000
"""Counted at most, those with the nearest deadlines: a question must end, whatever has piled up."""


class SqlCensus:
    """Asks by the database's own clock. `oldest_queued_seconds` is exact up to MOST_JOBS."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self) -> Census:
        """Raises StoreUnavailable."""
        moving = (
            select(jobs.c.status, jobs.c.updated_at)
            .where(jobs.c.done.is_(False))
            .order_by(jobs.c.deadline_at)
            .limit(MOST_JOBS)
            .subquery()
        )
        # A queued job changes no more until it is claimed: its last change is when it was queued.
        oldest = self._database.now() - func.min(moving.c.updated_at)
        by_status = select(moving.c.status, func.count(), oldest).group_by(moving.c.status)
        living = select(func.count()).where(workers.c.expires_at > self._database.now())
        async with self._database.reading() as connection:
            found = {row[0]: (row[1], row[2]) for row in await connection.execute(by_status)}
            alive = (await connection.execute(living)).scalar_one()
        return Census(
            jobs={it.value: found.get(it.value, (0, 0.0))[0] for it in Status if it not in FINAL},
            oldest_queued_seconds=max(0.0, found.get(Status.QUEUED.value, (0, 0.0))[1]),
            workers_living=alive,
        )
