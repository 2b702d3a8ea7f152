"""A deterministic stepper: runs real coroutines under every order of what they do to the outside.

A scene is built anew for each run. Its actors are coroutines in rooms (processes); each touch of
the outside is a turn of two steps: it takes effect outside, and, maybe much later, its answer
arrives in its room. `explore` goes through all orders depth first, by replay.

Where two orders lead to the same outside, the same past of every room and the same open turns, it
goes on from there only once: what follows cannot differ. Where a room has nothing but local steps
to do, and nothing can come to it from elsewhere, those go first: they touch no other room, so their
place among the others' steps does not matter. The same holds for a question whose answer is sure.
"""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from interleavings_stage import Stage

_RUNS_KEPT: Final = 1000
"""So many runs are left to lie before they are cleared away."""


class Violation(AssertionError):
    """A schedule ended in what was promised not to happen."""


@dataclass(frozen=True, kw_only=True)
class Census:
    """What was gone through: `schedules` are the orders told apart, `runs` the replays it took."""

    schedules: int
    states: int
    runs: int

    def __str__(self) -> str:
        return f"{self.schedules} schedules through {self.states} states in {self.runs} runs"


Scene: TypeAlias = Callable[[Stage], Callable[[], None]]
"""Builds a scene on a stage; what it returns is called at the end of each schedule."""


def explore(scene: Scene) -> Census:
    """Every schedule of a scene. Raises Violation with the first that breaks a promise."""
    explorer = _Explorer(scene)
    gc.disable()  # half-done runs are circles; looking for them all the time takes half the time
    try:
        schedules = explorer.count(*explorer.replay(()), ())
    finally:
        gc.enable()
    return Census(schedules=schedules, states=len(explorer.seen), runs=explorer.runs)


class _Explorer:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.seen: dict[int, int] = {}
        self.runs = 0

    def replay(self, path: Sequence[int]) -> tuple[Stage, Callable[[], None]]:
        self.runs += 1
        if self.runs % _RUNS_KEPT == 0:
            gc.collect()
        stage = Stage()
        end = self.scene(stage)
        for choice in path:
            stage.take(stage.choices()[choice])
        return stage, end

    def count(self, stage: Stage, end: Callable[[], None], path: tuple[int, ...]) -> int:
        """How many schedules go on from here, each gone through unless it is known already."""
        width, key = len(stage.choices()), hash(stage.key())
        if key in self.seen:
            return self.seen[key]
        after, fresh = 0, True
        if stage.over():
            end()
            _check(stage)
            after, fresh = 1, False
        for choice in range(width):
            if not fresh:
                stage, end = self.replay(path)
            fresh = False
            stage.take(stage.choices()[choice])
            _check(stage)
            after += self.count(stage, end, (*path, choice))
        self.seen[key] = after
        return after


def _check(stage: Stage) -> None:
    stage.raise_failures()
    if stage.violations:
        raise Violation("\n  ".join([*stage.violations, "after:", *stage.trail]))
