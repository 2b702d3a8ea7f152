"""Leases of workers and the jobs that need somebody: EDGE, the `Backlog` over a SQL database."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Select, delete, insert, select, update

from jobs.job import Job, Status
from jobs.sql_database import Database
from jobs.sql_jobs import Delivery
from jobs.sql_rows import job_of
from jobs.sql_schema import jobs, workers

_HELD: Final = (Status.RUNNING.value, Status.CANCELING.value)
_AT_ONCE: Final = 500
"""How many jobs one question gives at most, oldest first; the next beat asks again. Far above
what one worker holds (WORKER_CONCURRENCY is 64 at most)."""


class SqlBacklog:
    """The `Backlog`. See the face for what each method promises."""

    def __init__(self, database: Database, delivery: Delivery) -> None:
        self._database = database
        self._delivery = delivery

    async def renew(self, worker: str, *, seconds: float) -> None:
        expires = self._database.now() + seconds
        async with self._database.transaction() as connection:
            renewed = await connection.execute(
                update(workers).where(workers.c.id == worker).values(expires_at=expires)
            )
            if renewed.rowcount == 0:  # only the worker itself adds its row: no race
                await connection.execute(insert(workers).values(id=worker, expires_at=expires))

    async def retire(self, worker: str) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(delete(workers).where(workers.c.id == worker))

    async def bury(self, worker: str) -> bool:
        expired = workers.c.expires_at <= self._database.now()
        async with self._database.transaction() as connection:
            gone = await connection.execute(delete(workers).where(workers.c.id == worker, expired))
        return gone.rowcount > 0

    async def dead(self) -> Sequence[str]:
        expired = select(workers.c.id).where(workers.c.expires_at <= self._database.now())
        async with self._database.reading() as connection:
            return list((await connection.execute(expired)).scalars())

    async def living(self) -> Sequence[str]:
        alive = select(workers.c.id).where(workers.c.expires_at > self._database.now())
        async with self._database.reading() as connection:
            return list((await connection.execute(alive)).scalars())

    async def orphans(self) -> Sequence[Job]:
        living = select(workers.c.id).where(workers.c.expires_at > self._database.now())
        return await self._jobs(
            select(jobs).where(  # not done: by the index, however many jobs have ended
                jobs.c.done.is_(False), jobs.c.status.in_(_HELD), jobs.c.worker.not_in(living)
            )
        )

    async def overdue(self) -> Sequence[Job]:
        passed = jobs.c.deadline_at <= self._database.now()
        return await self._jobs(select(jobs).where(jobs.c.done.is_(False), passed))

    async def held(self, worker: str) -> Sequence[Job]:
        return await self._jobs(
            select(jobs).where(jobs.c.worker == worker, jobs.c.status.in_(_HELD))
        )

    async def redeliver(self, job_id: str) -> None:
        async with self._database.transaction() as connection:
            still = select(jobs.c.fence).where(
                jobs.c.id == job_id, jobs.c.status == Status.QUEUED.value
            )
            fence = (await connection.execute(still)).scalar_one_or_none()
            if fence is not None:
                await self._delivery.deliver(connection, job_id, fence)

    async def _jobs(self, wanted: Select[Any]) -> Sequence[Job]:
        async with self._database.reading() as connection:
            oldest = wanted.order_by(jobs.c.id).limit(_AT_ONCE)
            rows = (await connection.execute(oldest)).mappings().all()
        return [job_of(dict(row)) for row in rows]
