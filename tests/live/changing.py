"""Changes jobs as a worker would, but for the work, and notes when each change was committed.

Through the application's own store and cache. No worker knows these jobs: nothing is delivered to
an engine, and a lease keeps every sweep away from them for an hour after the plan.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any, Final

from cache import parse_redis_url, remembering
from example_jobs import RecordedDelivery, a_job
from jobs import (
    Change,
    Claimed,
    Database,
    Delivery,
    Document,
    Event,
    Finished,
    IllegalStep,
    Job,
    JobNotFound,
    JobStore,
    Progressed,
    SqlBacklog,
    SqlJobs,
    StoreUnavailable,
    migrate,
    open_database,
)
from live.observation import Committed
from live.own_process import Note, OwnProcess, run_in_own_process

_FAR: Final = 7 * 86400.0
_AFTERWARDS: Final = 3600.0


@dataclass(frozen=True, kw_only=True)
class Changes:
    """First all jobs are made, then one after the other is changed, at `rate` a second at most.

    `finishing` is the share of jobs that are done in the end, more or less. `untold` is the share
    of changes whose writer dies before it tells the cache.
    """

    worker: str
    database_url: str
    redis_url: str
    jobs: int
    rate: float
    seconds: float
    finishing: float = 0.3
    untold: float = 0.0
    seed: int = 1


def changing(folder: Path, *plans: Changes, name: str = "changes") -> OwnProcess:
    """All the plans at once in a process of its own; its records are of the kind Committed."""
    return OwnProcess("live.changing", plans, folder, name)


async def change_jobs(plan: Changes, note: Callable[[Committed], None]) -> None:
    """As planned, from now on. A database that is away costs the changes of that time."""
    database = open_database(plan.database_url)
    delivery = RecordedDelivery()
    try:
        await migrate(database)
        backlog = SqlBacklog(database, delivery)
        await backlog.renew(plan.worker, seconds=plan.seconds + _AFTERWARDS)
        truth = _Witness(database, delivery, note)
        async with remembering(truth, parse_redis_url(plan.redis_url)) as front:
            await _Changer(plan, truth, front).run()
    finally:
        await database.close()


class _Witness(SqlJobs):
    """The database's store; notes each change once it is committed, before any cache hears."""

    def __init__(
        self, database: Database, delivery: Delivery, note: Callable[[Committed], None]
    ) -> None:
        super().__init__(database, delivery)
        self._note = note

    async def create(self, job: Job) -> Document:
        document = await super().create(job)
        self._note(_committed(document))
        return document

    async def advance(
        self, job_id: str, event: Event, *, now: float, owner: str | None = None
    ) -> Change:
        change = await super().advance(job_id, event, now=now, owner=owner)
        self._note(_committed(change.document))
        return change


def _committed(document: Document) -> Committed:
    return Committed(
        job=document.id, version=document.version, at=time.monotonic(), done=document.done
    )


class _Changer:
    """Makes jobs and moves them along, each change through one of the two stores."""

    def __init__(self, plan: Changes, truth: JobStore, front: JobStore) -> None:
        self._plan = plan
        self._truth = truth
        self._front = front
        self._random = Random(plan.seed)
        self._fences: dict[str, int] = {}
        """Of the jobs that are not done; 0: not claimed."""

    async def run(self) -> None:
        plan = self._plan
        for _ in range(plan.jobs):
            job = replace(a_job(), deadline_at=time.time() + _FAR)
            self._fences[job.id] = 0
            await self._store().create(job)
        start = time.monotonic()
        for number in range(int(plan.rate * plan.seconds)):
            await asyncio.sleep(start + number / plan.rate - time.monotonic())
            if not self._fences or time.monotonic() > start + plan.seconds:
                break
            await self._change(self._random.choice(list(self._fences)))

    def _store(self) -> JobStore:
        return self._truth if self._random.random() < self._plan.untold else self._front

    async def _change(self, job_id: str) -> None:
        try:
            change = await self._store().advance(job_id, self._event(job_id), now=time.time())
        except StoreUnavailable:
            return  # committed or not: the next change tells
        except (IllegalStep, JobNotFound):  # somebody else did something to it
            del self._fences[job_id]
            return
        self._fences[job_id] = change.job.fence
        if change.job.done:
            del self._fences[job_id]

    def _event(self, job_id: str) -> Event:
        plan, fence = self._plan, self._fences[job_id]
        if not fence:
            return Claimed(worker=plan.worker)
        if self._random.random() < plan.finishing * plan.jobs / (plan.rate * plan.seconds):
            return Finished(fence=fence)
        return Progressed(fence=fence, percent=self._random.uniform(0, 99), phase="encode")


async def _change(plan: dict[str, Any], note: Note) -> None:
    await change_jobs(Changes(**plan), note)


if __name__ == "__main__":
    run_in_own_process(_change)
