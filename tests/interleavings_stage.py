"""The stage of stepped scenes: a loop with a time of its own, and turns that wait for their step.

Who goes when is not decided here; `interleavings.py` tries every order.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from typing import Any, TypeVar

from interleavings_loop import SteppedLoop

T = TypeVar("T")


class Turn:
    """One touch of the outside (or, if local, of a room) that waits for its step."""

    def __init__(
        self, room: str, name: str, act: Callable[[], Any], *, local: bool, needed: bool
    ) -> None:
        self.room, self.name, self.act = room, name, act
        self.local = local
        self.needed = needed
        self.sure: Callable[[], bool] = bool
        self.answer: asyncio.Future[Any] | None = None
        self.outcome: tuple[Any, BaseException | None] | None = None

    def key(self) -> tuple[str, str, str]:
        return (self.room, self.name, repr(self.outcome))

    def __str__(self) -> str:
        """What its next step is."""
        step = "" if self.answer is None else " is answered" if self.outcome else " takes effect"
        return f"{self.room or 'outside'}: {self.name}{step}"


class Stage:
    """One run of a scene: its clock, its open turns, and what has happened so far."""

    def __init__(self) -> None:
        self.loop = SteppedLoop()
        self.turns: list[Turn] = []
        self.trail: list[str] = []
        self.violations: list[str] = []
        self.world: Callable[[], Hashable] = tuple
        """What the outside is now."""
        self.open: set[str] = set()
        """The rooms that steps outside may touch: values are delivered to them."""
        self.timed = False
        """Whether time passes as a step, which touches everything."""
        self._past: defaultdict[str, list[str]] = defaultdict(list)
        self._numbers: Counter[str] = Counter()
        self._tasks: list[asyncio.Task[Any]] = []
        self._calm = False

    async def turn(
        self, room: str, name: str, act: Callable[[], T], *, sure: Callable[[], bool] = bool
    ) -> T:
        """The outcome of a touch of the outside, which happens when its turn comes.

        `sure`: whether it changes nothing, and nothing can change its outcome any more.
        """
        if self._calm:
            return act()
        self._numbers[room] += 1
        turn = Turn(room, f"{name} {self._numbers[room]}", act, local=False, needed=True)
        turn.answer, turn.sure = self.loop.create_future(), sure
        self.turns.append(turn)
        answer: T = await turn.answer
        return answer

    def begin(self, actor: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Let an actor go now, up to its first turn."""
        task = self.loop.create_task(actor)
        self._tasks.append(task)
        self.settle()
        return task

    def later(self, room: str, name: str, act: Callable[[], Any], *, needed: bool = True) -> None:
        """Something that happens within a room at any moment."""
        if self._calm:
            act()
            return
        self.turns.append(Turn(room, name, act, local=True, needed=needed))

    def outside(self, name: str, act: Callable[[], Any], *, needed: bool = True) -> None:
        """Something that happens outside of all rooms at any moment."""
        self.turns.append(Turn("", name, act, local=False, needed=needed))

    def note(self, room: str, what: object) -> None:
        """Tell runs apart by what a room has learned, and when."""
        self._past[room].append(f"{self.loop.now:.2f} {what}")

    def calm(self, work: Awaitable[T]) -> T:
        """Run something to its end with all its turns at once."""
        was, self._calm = self._calm, True
        task = asyncio.ensure_future(work, loop=self.loop)
        self.settle()
        while not task.done():
            self.pass_time()
        self._calm = was
        return task.result()

    def settle(self) -> None:
        """Run until everybody waits."""
        self.loop.run_forever()

    def pass_time(self, seconds: float | None = None) -> None:
        """Let time go on; without a number until the next sleeper wakes."""
        timer = self.loop.next_timer()
        assert seconds is not None or timer is not None, "everybody waits for ever"
        self.loop.now = (
            max(self.loop.now, timer or 0) if seconds is None else self.loop.now + seconds
        )
        self.settle()

    def over(self) -> bool:
        """Whether all that is needed is done; what is left may come later, or never."""
        return not any(turn.needed for turn in self.turns) and all(t.done() for t in self._tasks)

    def choices(self) -> list[Turn]:
        """The turns of which any may come next."""
        while not (self.over() or any(turn.needed for turn in self.turns)):
            self.pass_time()
        return self.turns if self.timed else self._urgent() or self.turns

    def take(self, turn: Turn) -> None:
        """One step. Steps have an order in time, too: each takes a microsecond."""
        self.loop.now += 1e-6
        self.trail.append(str(turn))
        if turn.local or not turn.room:
            self.turns.remove(turn)
        if turn.answer and turn.outcome:
            self.note(turn.room, f"{turn.name} {turn.outcome}")
            if not turn.answer.done():  # else whoever waited has left
                _give(turn.answer, *turn.outcome)
        elif turn.answer:
            turn.outcome, turn.local = _outcome(turn.act), True
        else:
            self.note(turn.room, turn.name)
            turn.act()
        self.settle()

    def raise_failures(self) -> None:
        """No actor ends by an exception unnoticed."""
        for task in self._tasks:
            if task.done() and not task.cancelled():
                task.result()

    def key(self) -> Hashable:
        past = tuple((room, tuple(events)) for room, events in sorted(self._past.items()))
        return (
            self.world(),
            round(self.loop.now, 2),
            past,
            tuple(sorted(turn.key() for turn in self.turns)),
        )

    def _urgent(self) -> list[Turn]:
        """A turn whose answer nothing can change any more, or the turns of a room that has only
        local ones, and must take them all."""
        sure = next((turn for turn in self.turns if not turn.local and turn.sure()), None)
        if sure:
            return [sure]
        loose = {turn.room for turn in self.turns if not (turn.local and turn.needed)} | self.open
        room = next((turn.room for turn in self.turns if turn.room not in loose), None)
        return [turn for turn in self.turns if turn.room == room]


def _outcome(act: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    try:
        return act(), None
    except Exception as error:
        return None, error


def _give(answer: asyncio.Future[Any], value: Any, error: BaseException | None) -> None:
    if error:
        answer.set_exception(error)
    else:
        answer.set_result(value)
