"""The database's store, which counts its polls and fails or waits when a test says."""

import asyncio

from jobs import Answer, Job, JobStore, SqlJobs, StoreUnavailable


class CountedStore(SqlJobs):
    """While `down` it answers no poll; behind its closed door, answers wait."""

    down = False
    polls = 0
    door: asyncio.Event | None = None

    def close_door(self) -> asyncio.Event:
        """Gives the event that is set once an answer waits."""
        self.door, self.waiting = asyncio.Event(), asyncio.Event()
        return self.waiting

    def open_door(self) -> None:
        if self.door:
            self.door.set()

    async def status(self, job_id: str, *, owner: str | None, floor: int = 0) -> Answer:
        self.polls += 1
        if self.down:
            raise StoreUnavailable
        answer = await super().status(job_id, owner=owner, floor=floor)
        if self.door:
            self.waiting.set()
            await self.door.wait()
        return answer


async def poll(store: JobStore, job: Job, *, owner: str = "default", floor: int = 0) -> Answer:
    return await store.status(job.id, owner=owner, floor=floor)
