"""Reads for clients that have seen newer than what is remembered here: real, or made up. No I/O.

A made-up floor must not become a way to the database: there is at most one such read per job and
`BEAT_SECONDS`, shared by all who came before it began. Whoever comes later waits for the next.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

from cache.recall import Recall, Recalled
from cache.single_flight import SingleFlight

BEAT_SECONDS: Final = 0.25
"""The change feed's beat at most: by then it has told what a real floor has seen."""
_JOBS: Final = 10_000
"""So many jobs' last reads are remembered before those that do not matter any more are dropped."""


class FloorReads:
    """Shares the process's flights, under keys of its own."""

    def __init__(
        self, recall: Recall, flights: SingleFlight[Recalled], clock: Callable[[], float]
    ) -> None:
        self._recall = recall
        self._flights = flights
        self._clock = clock
        self._last: dict[str, float] = {}

    async def read(self, job_id: str) -> Recalled:
        """What the database says, asked after this call began. Raises StoreUnavailable, Overdue."""
        return await self._flights.do(_key(job_id), partial(self._next, job_id))

    async def _next(self, job_id: str) -> Recalled:
        last = self._last.get(job_id, float("-inf"))
        await asyncio.sleep(max(0.0, last + BEAT_SECONDS - self._clock()))
        self._flights.forget(_key(job_id))  # who comes now may have seen what this read will miss
        self._note(job_id, self._clock())
        return await self._recall.database(job_id)

    def _note(self, job_id: str, now: float) -> None:
        if len(self._last) >= _JOBS:
            self._last = {job: at for job, at in self._last.items() if at > now - BEAT_SECONDS}
        self._last[job_id] = now


def _key(job_id: str) -> str:
    return f"floor {job_id}"
