"""APIs under a crowd of pollers each, while their jobs change: what was seen, by spells of time.

The crowd and the changes run in processes of their own. Knows no fault: the test does the harm.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from live.changing import Changes, changing
from live.client import Api
from live.crowd import Plan
from live.crowd_process import a_crowd
from live.figures import Figures, Spread, figures
from live.history import History, examine
from live.observation import Committed, Observation
from live.own_process import OwnProcess
from live.promises import Promise
from live.soak import say
from patience import eventually, seen

More: TypeAlias = Callable[[Sequence[int], Sequence[str]], Sequence[Plan]]
"""Plans by the ports of all APIs and all jobs."""

HEALTHY: Final = "healthy"
_BEAT_SECONDS: Final = 0.05
"""Between looks at an API's statistics: what is measured by them is right to so much."""
_ANSWERED_SECONDS: Final = 0.2


@dataclass(frozen=True, kw_only=True)
class Spell:
    """A time in which something was as its name says, by the monotonic clock."""

    name: str
    began: float
    ended: float
    gone: Mapping[str, float]
    """Seconds until each API noticed; none where nothing had to be noticed."""
    back: Mapping[str, float]
    """Seconds from the end until each API was as before."""

    @property
    def over(self) -> float:
        """When its last consequence was over."""
        return self.ended + max(self.back.values(), default=0.0)


class Load:
    """What runs, and what it has seen. Polls, and all that is told of them, once it has ended."""

    def __init__(
        self,
        apis: Mapping[str, Api],
        jobs: Sequence[str],
        crowd: OwnProcess,
        changes: OwnProcess,
    ) -> None:
        self.apis = apis
        self.jobs = jobs
        self._crowd = crowd
        self._changes = changes
        self._polls: list[Observation] = []

    async def until(
        self, holds: Callable[[dict[str, Any]], object], *, seconds: float
    ) -> dict[str, float]:
        """When each API's statistics were so; fails where that takes longer than the seconds."""

        async def one(api: Api) -> float:
            await eventually(api.stats, holds, seconds=seconds, beat=_BEAT_SECONDS)
            return time.monotonic()

        moments = await asyncio.gather(*(one(api) for api in self.apis.values()))
        return dict(zip(self.apis, moments, strict=True))

    async def redis_is(self, wanted: bool, since: float, *, seconds: float) -> dict[str, float]:
        """Seconds from that moment until each API says that Redis is in use, or is not."""
        moments = await self.until(lambda it: it["redis_enabled"] is wanted, seconds=seconds)
        return {name: max(0.0, at - since) for name, at in moments.items()}

    async def spell(self, name: str, seconds: float) -> Spell:
        """So long of nothing new, and a moment more: its last polls do not meet what follows."""
        began = time.monotonic()
        await asyncio.sleep(seconds)
        ended = time.monotonic()
        await asyncio.sleep(_ANSWERED_SECONDS)
        return Spell(name=name, began=began, ended=ended, gone={}, back={})

    async def end(self) -> None:
        """Nobody polls or changes any more; from now on the notes are complete."""
        await self._crowd.stop()
        await self._changes.stop()
        self._polls = sorted(self._crowd.records(Observation), key=lambda it: it.ended)

    def timeline(self) -> list[Committed]:
        return list(self._changes.records(Committed))

    def polls(
        self, name: str, since: float = 0.0, until: float = float("inf")
    ) -> list[Observation]:
        """The polls of one API that were due in that time, in the order of their answers."""
        mine = [it for it in self._polls if it.poller.startswith(f"{name}-")]
        return [it for it in mine if since <= it.due < until]

    def history(self, promise: Promise | None = None) -> History:
        """All of it, held against the promise."""
        return examine(self._polls, self.timeline(), promise or Promise())

    def figures(self, name: str, since: float, until: float) -> Figures:
        return figures(self.polls(name, since, until))

    def settled(self, name: str, spell: Spell) -> Spread:
        """What polls took that were due after the first second of the spell."""
        return self.figures(name, spell.began + 1.0, spell.ended).took

    def oversleeping(self, name: str, since: float, until: float) -> Spread:
        """How late those pollers began that waited for nothing but the machine."""
        polls = self.polls(name, since, until)
        free = {it.poller: 0.0 for it in polls}
        waking = []
        for it in polls:
            waking += [it._replace(ended=it.began)] if free[it.poller] < it.due else []
            free[it.poller] = it.ended
        return figures(waking).late

    def tell(self, spells: Sequence[Spell]) -> None:
        """Prints what a soak is run for."""
        for name in self.apis:
            for spell in spells:
                gone, back = (each.get(name, 0.0) for each in (spell.gone, spell.back))
                say(
                    f"{name}, {spell.name}, {spell.ended - spell.began:.1f} s: "
                    f"gone {gone:.2f} s, back {back:.2f} s\n"
                    f"{self.figures(name, spell.began, spell.over)}\n"
                    f"after the first second: {self.settled(name, spell)}; "
                    f"overslept: {self.oversleeping(name, spell.began, spell.over)}"
                )


@asynccontextmanager
async def crowded(
    folder: Path,
    apis: Mapping[str, Api],
    changes: Changes,
    *,
    rate: float = 200.0,
    pollers: int = 50,
    moving: bool = False,
    more: More = lambda ports, jobs: (),
) -> AsyncIterator[Load]:
    """Changes first, then, once all jobs are there, a crowd of so many polls a second at each API.

    Where `moving`, they ask another API while theirs is away. `more` plans further pollers. Goes on
    until `end`, or the block is left.
    """
    ports = {name: api.http.base_url.port or 0 for name, api in apis.items()}
    async with changing(folder, changes) as changing_process:
        jobs = await seen(lambda: _made(changing_process), lambda made: len(made) == changes.jobs)
        plans = [
            Plan(
                name=name,
                ports=[port],
                jobs=jobs,
                pollers=pollers,
                rate=rate,
                seconds=changes.seconds,
                refuges=[other for other in ports.values() if other != port and moving],
            )
            for name, port in ports.items()
        ]
        async with a_crowd(folder, *plans, *more([*ports.values()], jobs)) as crowd:
            await seen(lambda: len(list(crowd.records(Observation))), lambda count: count > pollers)
            yield Load(apis, jobs, crowd, changing_process)


def _made(changes: OwnProcess) -> list[str]:
    return sorted({change.job for change in changes.records(Committed)})
