"""Does one job: claims it, makes its outputs, tells how it ended. One claim, one ending.

Whatever goes wrong in a job ends that job; nothing of it ever ends the worker.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable

from jobs import (
    Change,
    Claimed,
    DeadlinePassed,
    Event,
    IllegalStep,
    Job,
    JobNotFound,
    JobStore,
    OutputReady,
    StoreUnavailable,
)
from work.ending import ending_of
from work.engine import NotTaken
from work.holdings import Holding, Holdings
from work.making import Making
from work.telling import Telling

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0  # between tries while the database is away
_INSIST_SECONDS = 60.0
"""How long an ending is told again while the database is away. Late is safe: the fence decides."""

_log = logging.getLogger("tally.work")


class Performer:
    """`await performer(job_id)` does the job if it still wants doing."""

    def __init__(
        self,
        worker: str,
        store: JobStore,
        making: Making,
        holdings: Holdings,
        *,
        may_claim: Callable[[], bool] = lambda: True,
    ) -> None:
        """`may_claim` says whether the lease is alive."""
        self._worker = worker
        self._store = store
        self._making = making
        self._holdings = holdings
        self._may_claim = may_claim

    async def __call__(self, job_id: str) -> None:
        """Returns when the job needs no further delivery for now. Raises NotTaken if it does."""
        with self._holdings.open(job_id) as holding:
            job = await self._claim(holding)
            if job is None:
                return
            holding.fence = job.fence
            ending = await self._do(job, holding)
            await asyncio.to_thread(self._making.files.clear, job.id, job.fence)
            if ending is not None:
                await self._tell(job, ending)

    async def _claim(self, holding: Holding) -> Job | None:
        """The job as claimed; None if it wants no doing: it ended, or somebody else has it."""
        pause, told = _FIRST_PAUSE, False
        while holding.reason is None:
            if self._may_claim():
                try:
                    event = Claimed(worker=self._worker)
                    return (await self._advance(holding.job_id, event)).job
                except (IllegalStep, JobNotFound):
                    return None
                except StoreUnavailable:
                    pass  # the delivery must not be used up: wait here until the database is back
                except Exception:  # nor by what nobody thought of
                    if not told:
                        _log.exception("job %s: claiming it failed. Trying again.", holding.job_id)
                    told = True
            pause = await _wait(pause)
        raise NotTaken

    async def _do(self, job: Job, holding: Holding) -> Event | None:
        """Work until the end, the deadline, or until it is put down; how to tell of it."""
        work = asyncio.create_task(self._work(job, holding))
        holding.begin(work)
        try:
            await asyncio.wait({work}, timeout=max(0.0, job.deadline_at - time.time()))
            in_time = work.done()
        finally:
            work.cancel()
            await asyncio.wait({work})  # the video room leaves no process behind
        return ending_of(job, work, holding.reason) if in_time else DeadlinePassed()

    async def _work(self, job: Job, holding: Holding) -> None:
        async def commit(event: OutputReady) -> object:
            return await self._insist(job.id, event)

        async with Telling(job, self._store, holding) as telling:
            await self._making.make_missing(job, telling, commit)

    async def _tell(self, job: Job, ending: Event) -> None:
        try:
            change = await self._insist(job.id, ending)
        except (IllegalStep, JobNotFound):
            return  # the job was decided elsewhere meanwhile
        except StoreUnavailable:
            _log.error("job %s: could not tell that it is %s", job.id, type(ending).__name__)
            return  # the watch finds it held by us and in nobody's hands
        _log.info("job %s: %s after attempt %d", job.id, change.job.status, job.attempt)

    async def _insist(self, job_id: str, event: Event) -> Change:
        """Commit, again and again while the database is away. Raises like `JobStore.advance`."""
        until, pause = time.monotonic() + _INSIST_SECONDS, _FIRST_PAUSE
        while True:
            try:
                return await self._advance(job_id, event)
            except StoreUnavailable:
                if time.monotonic() > until:
                    raise
            pause = await _wait(pause)

    async def _advance(self, job_id: str, event: Event) -> Change:
        return await self._store.advance(job_id, event, now=time.time())


async def _wait(pause: float) -> float:
    await asyncio.sleep(pause * random.uniform(0.5, 1.0))
    return min(pause * 2, _LONGEST_PAUSE)
