"""The database's store, which counts its polls and fails or waits when a test says."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import TypeVar

from jobs import Answer, Database, Delivery, Job, JobStore, SqlJobs, StoreUnavailable

T = TypeVar("T")


class CountedStore(SqlJobs):
    """While `down` it answers no poll; behind its closed door, answers wait.

    `asked`: the jobs of each question.
    """

    down = False
    door: asyncio.Event | None = None

    def __init__(self, database: Database, delivery: Delivery) -> None:
        super().__init__(database, delivery)
        self.asked: list[list[str]] = []

    @property
    def polls(self) -> int:
        """How many questions there were: one of many jobs is one."""
        return len(self.asked)

    def close_door(self) -> asyncio.Event:
        """Gives the event that is set once an answer waits."""
        self.door, self.waiting = asyncio.Event(), asyncio.Event()
        return self.waiting

    def open_door(self) -> None:
        if self.door:
            self.door.set()

    async def status(self, job_id: str, *, owner: str | None, floor: int = 0) -> Answer:
        return await self._counted([job_id], super().status(job_id, owner=owner, floor=floor))

    async def statuses(
        self, wanted: Mapping[str, int], *, owner: str | None
    ) -> Mapping[str, Answer]:
        return await self._counted([*wanted], super().statuses(wanted, owner=owner))

    async def _counted(self, job_ids: list[str], asking: Awaitable[T]) -> T:
        self.asked.append(job_ids)
        answer = await asking
        if self.down:
            raise StoreUnavailable
        if self.door:
            self.waiting.set()
            await self.door.wait()
        return answer


async def poll(store: JobStore, job: Job, *, owner: str = "default", floor: int = 0) -> Answer:
    return await store.status(job.id, owner=owner, floor=floor)


async def batch(
    store: JobStore, *jobs: Job, owner: str = "default", floor: int = 0
) -> list[Answer]:
    """One question for all of them."""
    answers = await store.statuses(dict.fromkeys((job.id for job in jobs), floor), owner=owner)
    return [answers[job.id] for job in jobs]
