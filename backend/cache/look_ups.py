"""Finds answers that are not at hand, shared by all who want the same now. No I/O of its own.

Knows what the caller has seen: what is below it is no answer, wherever it was found.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Final

from cache.belief import Belief, behind
from cache.floor_reads import FloorReads
from cache.near import Near
from cache.recall import Outcome, Recall, Recalled
from cache.single_flight import Overdue, SingleFlight
from cache.tier import Budget
from jobs import Answer, StoreUnavailable

_PATIENCE_SECONDS: Final = 0.3
"""For the database where its last word is remembered, but not proven any more."""
_SOON_SECONDS: Final = 0.1
"""For so long what was said from memory still holds while others of the batch are looked up."""
_ROUNDS: Final = 3
"""A second one finds at hand, or in Redis, what did not hold; there is nearly never a third."""


class LookUps:
    """Each method is one piece of the way of a poll; see README.md."""

    def __init__(
        self,
        recall: Recall,
        belief: Belief,
        near: Near,
        flights: SingleFlight[Outcome],
        *,
        clock: Callable[[], float],
    ) -> None:
        self._recall = recall
        self._belief = belief
        self._near = near
        self._flights = flights
        self._floors = FloorReads(recall, flights, clock)
        self._clock = clock

    async def answers(self, wanted: Mapping[str, int], owner: str | None) -> dict[str, Answer]:
        """An answer for each job, given the floors. Raises StoreUnavailable if one has none.

        None is from memory that was judged long before all were there.
        """
        arrived, budget = self._clock(), self._recall.budget()
        found: dict[str, Answer] = {}
        left = wanted
        for _ in range(_ROUNDS):
            began = self._clock()
            found |= await self._newest(left, owner, arrived, budget)
            left = {job_id: wanted[job_id] for job_id in left if found[job_id].hit}
            if not left or self._clock() - began <= _SOON_SECONDS:
                break
        if any(it.stale and behind(it, owner, wanted[job_id]) for job_id, it in found.items()):
            raise StoreUnavailable  # rather no answer than a step back
        return found

    async def _newest(
        self, wanted: Mapping[str, int], owner: str | None, arrived: float, budget: Budget
    ) -> dict[str, Answer]:
        near = {job_id: self._belief.at_hand(job_id) for job_id in wanted}
        recalled = await self._look_up([it for it in wanted if near[it] is None], budget)
        found = {
            job_id: answer
            for job_id, answer in near.items()
            if answer is not None and not behind(answer, owner, wanted[job_id])
        }
        for job_id, it in recalled.items():
            known = self._near.known(job_id)  # more, perhaps, than when the look-up began
            floor = max(wanted[job_id], known)
            if it.asked_at >= arrived or not behind(it.answer, owner, floor):
                found[job_id] = it.answer  # or there is no newer one
        ahead = [job_id for job_id in wanted if job_id not in found]
        floors = _whole(await self._floors.read(ahead, budget)) if ahead else {}
        return found | {job_id: it.answer for job_id, it in floors.items()}

    async def _look_up(self, job_ids: Collection[str], budget: Budget) -> dict[str, Recalled]:
        """Shared by all who want it now. Who could be given something old does not wait long."""
        stale = {job_id: self._belief.stale(job_id) for job_id in job_ids}
        old = {job_id: Recalled(answer) for job_id, answer in stale.items() if answer}
        all_old = len(old) == len(stale)
        work = partial(self._recall.anywhere, budget=budget)
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS if all_old else None):
                return _whole(await self._flights.do(job_ids, work))
        except (TimeoutError, Overdue):
            if not all_old:
                raise
            return old


def _whole(outcomes: Mapping[str, Outcome]) -> dict[str, Recalled]:
    """All of them, or StoreUnavailable: what is left out could be taken for missing."""
    found: dict[str, Recalled] = {}
    for job_id, outcome in outcomes.items():
        if isinstance(outcome, StoreUnavailable):
            raise StoreUnavailable(*outcome.args) from outcome  # one each for all who wait
        found[job_id] = outcome
    return found
