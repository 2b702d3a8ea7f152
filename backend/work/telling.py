"""Tells the store how far one claim's work is, without slowing the work down.

What it cannot tell now is overtaken by what it tells next: a beat may be lost, order never is.
"""

import asyncio
import time
from types import TracebackType
from typing import Self

from jobs import FenceLost, Job, JobsError, JobStore, Json, Progressed, StoreUnavailable
from video import Throttle
from work.holdings import Holding, Reason

_LAST_WORD_SECONDS = 2.0


class Telling:
    """`async with Telling(...) as telling:` tells in the background until the block ends."""

    def __init__(self, job: Job, store: JobStore, holding: Holding) -> None:
        self._job = job
        self._store = store
        self._holding = holding
        self._throttle = Throttle()
        self._phase = job.progress.phase
        self._percent = 0.0
        self._media: Json | None = None
        self._news = asyncio.Event()
        self._over = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._task
        self._over = True
        self._news.set()
        await asyncio.wait({self._task}, timeout=_LAST_WORD_SECONDS)
        self._task.cancel()

    def phase(self, phase: str, media: Json | None = None) -> None:
        """A new phase begins, and perhaps the source is known now: always worth telling."""
        self._phase, self._media = phase, media or self._media
        self._news.set()

    def percent(self, percent: float) -> None:
        """The work went on; told where the throttle finds it worth while."""
        worth = self._throttle.tell(percent, time.monotonic())
        if worth is not None:
            self._percent = worth
            self._news.set()

    async def _run(self) -> None:
        while not self._over:
            await self._news.wait()
            self._news.clear()
            if self._over or not await self._tell():
                return

    async def _tell(self) -> bool:
        """Whether telling more makes sense."""
        event = Progressed(
            fence=self._job.fence, percent=self._percent, phase=self._phase, media=self._media
        )
        try:
            await self._store.advance(self._job.id, event, now=time.time())
        except StoreUnavailable:
            return True  # only this beat is lost
        except FenceLost:
            self._holding.put_down(Reason.FORSAKEN)
            return False
        except JobsError:
            return False  # canceling, or ended by somebody else: the watch finds out which
        return True
