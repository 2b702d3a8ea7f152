"""Phases of polling, and how often the database was read in each."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from live.client import Api
from live.crowd import Plan
from live.crowd_process import a_crowd
from live.figures import Figures, figures
from live.made_up_floors import Liars, liars
from live.observation import Observation
from live.own_process import OwnProcess


@dataclass(frozen=True, kw_only=True)
class Phase:
    """What a crowd saw, and what the database was asked meanwhile."""

    name: str
    seen: list[Observation]
    reads: int
    """As the API counts them."""
    counted: int | None
    """As the database's own log has them."""

    @property
    def told(self) -> Figures:
        return figures(self.seen)

    @property
    def polls(self) -> int:
        return len(self.seen)

    def __str__(self) -> str:
        return f"{self.name}: {self.reads} reads, {self.counted} in the log\n{self.told}"


@dataclass(frozen=True, kw_only=True)
class Shield:
    apis: list[Api]
    jobs: list[str]
    folder: Path
    count: Callable[[], int] | None
    """How often the database itself says that it was; None where it does not."""
    seconds: float
    """Of each phase."""

    async def polled(
        self, name: str, pollers: int, rate: float, at: list[Api] | None = None
    ) -> Phase:
        """Hopping over the processes, or at some. Poller i asks for job i (modulo), with tags."""
        ports = ports_of(at or self.apis)
        plan = Plan(
            name=name,
            ports=ports,
            jobs=self.jobs,
            pollers=pollers,
            rate=rate,
            seconds=self.seconds,
            hopping=True,
        )
        label = f"{name}-{ports[0]}"
        return await self._measured(name, a_crowd(self.folder, plan, name=label))

    async def lied_to(self, name: str, clients: int) -> Phase:
        ports = ports_of(self.apis)
        plan = Liars(name=name, ports=ports, jobs=self.jobs, clients=clients, seconds=self.seconds)
        return await self._measured(name, liars(self.folder, plan, name))

    async def _measured(self, name: str, crowd: OwnProcess) -> Phase:
        before, counted = await self._reads(), self.count() if self.count else None
        async with crowd:
            await crowd.wait(2 * self.seconds + 60)
        reads = await self._reads() - before
        more = self.count() - counted if self.count and counted is not None else None
        seen = list(crowd.records(Observation))
        return Phase(name=name, seen=seen, reads=reads, counted=more)

    async def _reads(self) -> int:
        return sum([(await api.stats())["database_reads"] for api in self.apis])


def ports_of(apis: list[Api]) -> list[int]:
    return [int(api.http.base_url.port or 0) for api in apis]
