"""A drill's phases: something is done to a service under live polls, and what became of it.

Knows no drill; reading statistics is done in service_statistics.py, the polling in polls.py.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from ops.poll_figures import PollFigures
from ops.polls import Polls
from ops.service import Service
from ops.service_seen import ServiceSeen
from ops.service_statistics import growth, statistics

Say: TypeAlias = Callable[[str], None]
Holds: TypeAlias = Callable[[ServiceSeen], bool]

PATIENCE_SECONDS: Final = 20.0
"""For what must come true: Redis noticed as away, or in use again."""
_LOOK_SECONDS: Final = 0.05
_SEEN_SECONDS: Final = 3.0
"""For a change to be seen by its pollers: longer than a near answer may be old."""


@dataclass(frozen=True, kw_only=True)
class Phase:
    """What one phase was like for those who polled."""

    name: str
    polls: PollFigures
    came_true_seconds: float | None
    """After so long the service was as it should be; None: it never was."""
    database_reads: float | None
    redis_enabled: bool
    unseen_changes: int
    """Changes of jobs that a poller did not see in time."""

    @property
    def ok(self) -> bool:
        return self.polls.fine and self.came_true_seconds is not None and not self.unseen_changes

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "ok": self.ok,
            **self.polls.as_json(),
            "came_true_seconds": self.came_true_seconds,
            "database_reads": self.database_reads,
            "redis_enabled": self.redis_enabled,
            "unseen_changes": self.unseen_changes,
        }

    def __str__(self) -> str:
        redis = "in use" if self.redis_enabled else "not in use"
        reads = "?" if self.database_reads is None else f"{self.database_reads:g}"
        late = "" if self.came_true_seconds is not None else ", NOT as it should be"
        idle = "" if self.polls.polls else ", NOBODY polled"
        unseen = f", {self.unseen_changes} changes not seen" if self.unseen_changes else ""
        told = f"{self.polls}, {reads} database reads, Redis {redis}{late}{idle}{unseen}"
        return f"{self.name:<36} {told}"


class Stage:
    """Plays phases one after another, each of so many seconds at least."""

    def __init__(self, polls: Polls, *, seconds: float, say: Say) -> None:
        self._polls = polls
        self._seconds = seconds
        self.say = say
        self.phases: list[Phase] = []

    async def play(
        self,
        name: str,
        service: Service,
        *,
        holds: Holds,
        act: Callable[[], Awaitable[object]] | None = None,
        change: str | None = None,
    ) -> None:
        """Do `act`, poll on, and note what happened, from before the act on.

        `service` is the one that must become as `holds` says. `change`: the path of a job that is
        cancelled half-way, which its poller must come to see.
        """
        before, first, began = await statistics(service), len(self._polls.looks), time.monotonic()
        if act is not None:
            await act()
        came_true, unseen, _ = await asyncio.gather(
            _until(service, holds, began),
            self._changed(service, change),
            asyncio.sleep(self._seconds),
        )
        after = await statistics(service)
        phase = Phase(
            name=name,
            polls=self._polls.figures(first),
            came_true_seconds=came_true,
            database_reads=growth(before, after, "database_reads"),
            redis_enabled=after.found("redis_enabled") is True,
            unseen_changes=unseen,
        )
        self.phases.append(phase)
        self.say(str(phase))

    async def _changed(self, service: Service, path: str | None) -> int:
        """How many changes were not seen: none or one."""
        if path is None:
            return 0
        await asyncio.sleep(self._seconds / 2)
        page = await service.page(f"{path}/cancel", {})
        version = page.document.get("version")
        deadline = time.monotonic() + _SEEN_SECONDS
        while not isinstance(version, int) or self._polls.newest(path) < version:
            if not page.fine or time.monotonic() > deadline:
                return 1
            await asyncio.sleep(_LOOK_SECONDS)
        return 0


def redis_in_use(seen: ServiceSeen) -> bool:
    return seen.found("redis_enabled") is True


def redis_away(seen: ServiceSeen) -> bool:
    return seen.found("redis_enabled") is False


async def _until(service: Service, holds: Holds, began: float) -> float | None:
    """Seconds from the beginning until it held; None: it did not in time."""
    while time.monotonic() - began < PATIENCE_SECONDS:
        if holds(await statistics(service)):
            return round(time.monotonic() - began, 3)
        await asyncio.sleep(_LOOK_SECONDS)
    return None
