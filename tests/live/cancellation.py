"""Many calls at once, a share of them cancelled at random moments: who gets whose answer?

Knows neither Tally nor any driver, and imports nothing but Python: it also runs where there is
nothing else. Whoever answers is a function from a job's id to a body that holds that id.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

Ask: TypeAlias = Callable[[str], Awaitable[bytes | None]]

_TURNS: Final = 8
"""A call cancelled by turns of the loop is so within so many: from before its task has begun."""
_AROUND: Final = 1.0
"""A call cancelled by the clock is so within so many times what a call usually takes."""
_FIRST_GUESS: Final = 0.001
"""Seconds that a call usually takes, until the first have been timed."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """How many calls, how many at once, and the share of them that are cancelled.

    The seed settles which jobs are asked for and which calls are cancelled, not the timing.
    """

    calls: int
    at_once: int = 50
    cancelled: float = 0.3
    seed: int = 1


@dataclass(kw_only=True)
class Count:
    """What became of the calls. `cancelled` are those that ended so: the others were too quick.

    `wrong` are the answers without the id that was asked for, `nothing` those that were None; both
    are among `answers`. `failed` counts by the name of what was raised.
    """

    answers: int = 0
    cancelled: int = 0
    wrong: int = 0
    nothing: int = 0
    failed: Counter[str] = field(default_factory=Counter)

    @property
    def calls(self) -> int:
        return self.answers + self.cancelled + self.failed.total()

    @property
    def bound(self) -> float:
        """Where none was wrong: the share of wrong answers is below this, with 95 % certainty."""
        return min(1.0, 3 / self.answers) if self.answers else 1.0

    def note(self, job_id: str, call: asyncio.Future[bytes | None]) -> None:
        if call.cancelled():
            self.cancelled += 1
        elif error := call.exception():
            self.failed[type(error).__name__] += 1
        else:
            self._answered(job_id, call.result())

    def _answered(self, job_id: str, body: bytes | None) -> None:
        self.answers += 1
        if body is None:
            self.nothing += 1
        elif job_id.encode() not in body:
            self.wrong += 1

    def __str__(self) -> str:
        return (
            f"{self.calls:,} calls, {self.answers:,} answers, {self.cancelled:,} cancelled, "
            f"{self.wrong:,} wrong, {self.nothing:,} nothing, {self.failed.total():,} failed"
        )


async def drive(ask: Ask, job_ids: Sequence[str], load: Load) -> Count:
    """Make the calls and count. Does not return while a call neither ends nor can be cancelled."""
    callers = [_Caller(ask, job_ids, load, number) for number in range(load.at_once)]
    count = Count()
    shares = [len(range(number, load.calls, load.at_once)) for number in range(load.at_once)]
    await asyncio.gather(
        *(caller.call(times, count) for caller, times in zip(callers, shares, strict=True))
    )
    return count


class _Caller:
    """Makes one call after the other, each in a task of its own."""

    def __init__(self, ask: Ask, job_ids: Sequence[str], load: Load, number: int) -> None:
        self._ask = ask
        self._job_ids = job_ids
        self._load = load
        self._dice = random.Random(f"{load.seed} {number}")
        self._usual = _FIRST_GUESS

    async def call(self, times: int, count: Count) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(times):
            job_id = self._dice.choice(self._job_ids)
            began = loop.time()
            call = asyncio.ensure_future(self._ask(job_id))
            if self._dice.random() < self._load.cancelled:
                await self._some_moment(call)
                call.cancel()
                await asyncio.wait({call})
            else:
                await asyncio.wait({call})
                self._usual += 0.1 * (loop.time() - began - self._usual)
            count.note(job_id, call)

    async def _some_moment(self, call: asyncio.Future[Any]) -> None:
        if self._dice.random() < 0.5:
            for _ in range(self._dice.randrange(_TURNS)):
                await asyncio.sleep(0)
        else:
            seconds = self._dice.uniform(0.0, _AROUND * self._usual)
            await asyncio.wait({call}, timeout=seconds)
