"""Workers that change jobs and crowds that poll them, all in processes of their own; and the record
of both.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from random import Random
from typing import Final

from jobs import new_id
from live.changing import Changes, changing
from live.crowd import Plan
from live.crowd_process import a_crowd
from live.made_up_floors import Liars, liars
from live.observation import Committed, Observation
from live.own_process import OwnProcess
from patience import seen

_LONGEST: Final = 7200.0
"""Everything goes on until it is stopped."""


class UnderLoad:
    """`load` is a factor on all rates; `jobs` is how many each worker makes and changes."""

    def __init__(
        self,
        folder: Path,
        database_url: str,
        redis_url: str,
        dice: Random,
        *,
        jobs: int = 12,
        load: float = 1.0,
        changes: float = 12.0,
    ) -> None:
        """`changes`: each second, by each worker."""
        self.unknown = [new_id(0.0) for _ in range(20)]
        """Jobs that nobody ever makes."""
        self._folder = folder
        self._database_url = database_url
        self._redis_url = redis_url
        self._dice = dice
        self._jobs = jobs
        self._load = load
        self._changes = changes
        self._ports: list[int] = []
        self._workers: list[OwnProcess] = []
        self._crowds: list[OwnProcess] = []
        self._strangers: list[OwnProcess] = []

    async def start(self, ports: Sequence[int]) -> None:
        """Two workers, one of which tells the cache of most changes only, and all who poll."""
        self._ports = [*ports]
        jobs = await self._worker(0.0) + await self._worker(0.3)
        self._crowd("tags", jobs, pollers=60, rate=80.0, hopping=True)
        self._crowd("no-tags", jobs, pollers=2 * len(ports) * len(jobs), rate=80.0, etags=False)
        lies = Liars(name="liars", ports=self._ports, jobs=jobs[::5], clients=5, seconds=_LONGEST)
        self._crowds.append(liars(self._folder, lies).start())
        nobody = self._plan("unknown", self.unknown, pollers=10, rate=10.0, rotating=True)
        self._strangers.append(a_crowd(self._folder, nobody, name="unknown").start())

    async def new_worker(self) -> None:
        """Kills one, wherever it is, and starts another, with jobs that are polled at once."""
        self._workers[-1].kill()
        jobs = await self._worker(0.3)
        self._crowd(f"late-{len(self._crowds)}", jobs, pollers=20, rate=10.0, hopping=True)

    async def stop(self) -> None:
        """Those who poll first: what they see must be judged by all that was committed."""
        for one in (*self._crowds, *self._strangers, *self._workers):
            await one.stop()

    def timeline(self) -> Iterator[Committed]:
        return chain.from_iterable(worker.records(Committed) for worker in self._workers)

    def polls(self) -> Iterator[Observation]:
        return chain.from_iterable(crowd.records(Observation) for crowd in self._crowds)

    def polls_for_nothing(self) -> Iterator[Observation]:
        """For jobs that there are not."""
        return chain.from_iterable(crowd.records(Observation) for crowd in self._strangers)

    async def _worker(self, untold: float) -> list[str]:
        """Its jobs, once all are made."""
        number = len(self._workers)
        plan = Changes(
            worker=f"w-{number}",
            database_url=self._database_url,
            redis_url=self._redis_url,
            jobs=self._jobs,
            rate=self._load * self._changes,
            seconds=_LONGEST,
            finishing=20.0,  # of so long a time: about one in a hundred changes is the last
            untold=untold,
            seed=self._dice.randrange(10**6),
        )
        worker = changing(self._folder, plan, name=f"changes-{number}").start()
        self._workers.append(worker)
        made = await seen(
            lambda: dict.fromkeys(change.job for change in worker.records(Committed)),
            lambda made: len(made) == self._jobs,
        )
        return [*made]

    def _crowd(
        self,
        name: str,
        jobs: Sequence[str],
        *,
        pollers: int,
        rate: float,
        etags: bool = True,
        hopping: bool = False,
    ) -> None:
        plan = self._plan(name, jobs, pollers=pollers, rate=rate, etags=etags, hopping=hopping)
        self._crowds.append(a_crowd(self._folder, plan, name=name).start())

    def _plan(self, name: str, jobs: Sequence[str], *, rate: float, **how: object) -> Plan:
        return Plan(
            name=name,
            ports=self._ports,
            jobs=jobs,
            rate=self._load * rate,
            seconds=_LONGEST,
            **how,  # type: ignore[arg-type]
        )
