"""Asks the shared tier what it has, polls of one turn of the loop together. Judges nothing."""

import logging
import time
from collections.abc import Callable, Collection, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

from cache.coalescer import Coalescer
from cache.entry import Entry
from cache.shared import Shared
from cache.tier import Budget, Trouble

T = TypeVar("T")
Kept: TypeAlias = Entry | Trouble | None
"""What Redis said of a job."""

_log = logging.getLogger("tally.cache")

_SAME_SECONDS: Final = 0.1
"""For so long what Redis said in vain is not asked again by the same request."""


@dataclass(kw_only=True)
class _Said:
    """`at` then, by the monotonic clock, Redis said that of the job, and took so long."""

    job_id: str
    kept: Kept
    at: float
    took: float
    used: bool = False


_said: Final = ContextVar[_Said | None]("_said", default=None)
"""Carried with a request from the fast lane to the ordinary way: one request has one budget. Used
once: whatever else begins in that context is another request."""


class SharedGets:
    """Gets of jobs' entries; `floor` says what a job's may not be below. For one event loop."""

    def __init__(self, shared: Shared, floor: Callable[[str], int]) -> None:
        self._shared = shared
        self._floor = floor
        self._gets: Coalescer[str, Kept] = Coalescer(self._together, lost=Trouble.OTHER)

    def ask(
        self, job_id: str, judge: Callable[[Kept], T], tell: Callable[[T | None], None]
    ) -> bool:
        """Whether Redis is asked; then `tell` is called once, in a later turn, within the budget
        of a request, with what `judge` makes of it. False where it is away, or that is no job id.

        The look-up that `tell` begins because of None is told the same, and asks Redis no more.
        """
        shard = self._shared.shard(job_id)
        if shard is None:
            return False
        began = time.monotonic()

        def told(kept: Kept) -> None:
            answer = _judged(judge, kept)
            now = time.monotonic()
            said = _Said(job_id=job_id, kept=kept, at=now, took=now - began)
            before = _said.set(said if answer is None else None)
            try:
                tell(answer)
            finally:
                _said.reset(before)

        self._gets.join(shard, job_id, told)
        return True

    async def get(self, job_ids: Collection[str], budget: Budget) -> Mapping[str, Kept]:
        """Of each job. One alone travels with others, unless some of its budget is spent: nobody
        else must share so short a wait."""
        if said := _carried(job_ids):
            budget.spend(said.took)
            return {said.job_id: said.kept}
        if len(job_ids) == 1 and budget.left >= self._shared.budget().left:
            (job_id,) = job_ids
            shard = self._shared.shard(job_id)
            if shard is not None:
                began = time.monotonic()
                kept = await self._gets.ask(shard, job_id)
                budget.spend(time.monotonic() - began)
                return {job_id: kept}
        return await self._ask(job_ids, budget)

    async def _together(self, job_ids: Collection[str], waited: float) -> Mapping[str, Kept]:
        budget = self._shared.budget()
        budget.spend(waited)
        return await self._ask(job_ids, budget)

    async def _ask(self, job_ids: Collection[str], budget: Budget) -> Mapping[str, Kept]:
        floors = dict.fromkeys(job_ids, 0)
        if self._shared.lags:  # else they would be worked out for nothing
            floors = {job_id: self._floor(job_id) for job_id in job_ids}
        return await self._shared.get(floors, budget)


def _carried(job_ids: Collection[str]) -> _Said | None:
    """What this request was told already, the first time it asks for that."""
    said = _said.get()
    if said is None or said.used or [said.job_id] != [*job_ids]:
        return None
    said.used = True
    return said if time.monotonic() - said.at < _SAME_SECONDS else None


def _judged(judge: Callable[[Kept], T], kept: Kept) -> T | None:
    """Whoever waits must be told, also if judging fails."""
    try:
        return judge(kept)
    except Exception:
        _log.exception("cache: what Redis said could not be judged.")
        return None
