"""Reads for clients that have seen newer than what is remembered here: real, or made up. No I/O.

A made-up floor must not become a way to the database: there is at most one such read per job and
`BEAT_SECONDS`, shared by all who came before it began. Whoever comes later waits for the next.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from functools import partial
from typing import Final

from cache.recall import Outcome, Recall
from cache.single_flight import SingleFlight
from cache.tier import Budget

BEAT_SECONDS: Final = 0.25
"""The change feed's beat at most: by then it has told what a real floor has seen."""
_JOBS: Final = 10_000
"""So many jobs' last reads are remembered before those that do not matter any more are dropped."""
_PREFIX: Final = "floor "


class FloorReads:
    """Shares the process's flights, under keys of its own."""

    def __init__(
        self, recall: Recall, flights: SingleFlight[Outcome], clock: Callable[[], float]
    ) -> None:
        self._recall = recall
        self._flights = flights
        self._clock = clock
        self._last: dict[str, float] = {}

    async def read(self, job_ids: Collection[str], budget: Budget) -> dict[str, Outcome]:
        """What the database says, asked after this call began. Raises Overdue.

        Jobs that nobody reads yet are read together, once each of them may be; the budget is for
        what Redis is told then.
        """
        keys = [_key(job_id) for job_id in job_ids]
        said = await self._flights.do(keys, partial(self._next, budget=budget))
        return {_job_id(key): outcome for key, outcome in said.items()}

    async def _next(
        self, keys: Collection[str], budget: Budget
    ) -> AsyncIterator[Mapping[str, Outcome]]:
        job_ids = [_job_id(key) for key in keys]
        last = max(self._last.get(job_id, float("-inf")) for job_id in job_ids)
        await asyncio.sleep(max(0.0, last + BEAT_SECONDS - self._clock()))
        for key in keys:
            self._flights.forget(key)  # who comes now may have seen what this read will miss
        self._note(job_ids, self._clock())
        said = await self._recall.database(job_ids, budget)
        yield {_key(job_id): outcome for job_id, outcome in said.items()}

    def _note(self, job_ids: Collection[str], now: float) -> None:
        if len(self._last) >= _JOBS:
            self._last = {job: at for job, at in self._last.items() if at > now - BEAT_SECONDS}
        self._last.update(dict.fromkeys(job_ids, now))


def _key(job_id: str) -> str:
    return f"{_PREFIX}{job_id}"


def _job_id(key: str) -> str:
    return key.removeprefix(_PREFIX)
