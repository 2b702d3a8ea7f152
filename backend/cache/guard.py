"""Stands between requests and a server that may do anything: budget, breaker, beat, and the log.

Knows no driver: commands come as functions, and whatever they raise becomes a counted outcome.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final, TypeVar

from cache.breaker import Breaker
from cache.counted import Timed
from cache.errands import Errands
from cache.heartbeat import Heartbeat
from cache.redis_trouble import classify, explain, quote, troubles_in
from cache.stats import CacheStats
from cache.tier import Budget, Trouble

T = TypeVar("T")
Command = Callable[[], Awaitable[T]]

_log = logging.getLogger("tally.cache")

_WORTH_BEGINNING: Final = 0.1
"""The share of a budget below which nothing is begun: it would only cost a connection."""
_ENOUGH_TO_JUDGE: Final = 0.5
"""The share of it below which a call that was given up says nothing against the server."""


class Guard:
    """Guards one server, named `server` in the log. Nothing is asked of it before `start`.

    `beat` is the command that proves the server well. While it is away, `reach` is tried, which may
    take `slow` seconds because it connects; then `beat` must be as `quick` as requests need it, and
    `warm` readies each connection. At most `width` calls are under way at once. `secrets` are what
    no log may show.
    """

    def __init__(
        self,
        server: str,
        stats: CacheStats,
        *,
        secrets: Callable[[], Iterable[str]],
        beat: Command[object],
        reach: Command[object],
        warm: Command[object],
        width: int,
        quick: float,
        slow: float,
    ) -> None:
        self._server = server
        self._stats = stats
        self._secrets = secrets
        self._beat_command = beat
        self._reach = reach
        self._warm = warm
        self._width = width
        self._quick = quick
        self._slow = slow
        self._breaker = Breaker()
        self._errands = Errands(width)
        self._heartbeat = Heartbeat(self._beat, lambda: self.in_use)
        self._said: dict[Trouble, str] = {}
        self._announced: bool | None = None

    @property
    def in_use(self) -> bool:
        """Whether requests reach the server now."""
        return self._breaker.closed

    @property
    def places_taken(self) -> int:
        """Calls under way."""
        return self._errands.taken

    @property
    def waiting(self) -> int:
        """Calls that wait until they may begin."""
        return self._errands.waiting

    async def start(self) -> None:
        await self._heartbeat.start()

    async def stop(self, *, seconds: float, last: Command[None]) -> None:
        """Nothing is asked any more, but for `last`. Takes at most twice `seconds`."""
        await self._heartbeat.stop()
        self._breaker = Breaker()
        await self._errands.stop(seconds)
        await self._errands.run(lambda: self._answer(last), seconds)

    async def ask(
        self, command: Command[T], budget: Budget, timed: Timed | None = None
    ) -> T | Trouble:
        """A request's call. Not begun while the server is away or too little time is left.

        `timed`: as what its seconds are counted, unless no place was free for it. An answer that
        came later than requests wait says nothing for the server: patient calls (mending) must not
        hide that it is too slow.
        """
        if not self._breaker.closed or budget.left < _WORTH_BEGINNING * self._quick:
            return Trouble.BUSY if self._breaker.closed else Trouble.AWAY
        began, fair = time.monotonic(), budget.left >= _ENOUGH_TO_JUDGE * self._quick
        told = await self._errands.run(lambda: self._answer(command), budget.left)
        took = time.monotonic() - began
        outcome = self._judged(told, well=took <= self._quick, fair=fair)
        budget.spend(took)
        if timed is not None and outcome is not Trouble.BUSY:
            self._stats.took(timed, took)
        return outcome

    async def ask_each(
        self, command: Command[Sequence[T | Exception]], budget: Budget, timed: Timed | None = None
    ) -> Sequence[T | Trouble] | Trouble:
        """As `ask`, of several: an error among the answers is the trouble of that one alone. For
        the breaker they are one call, which failed only where none of them went well."""
        return await self.ask(lambda: self._each(command), budget, timed)

    async def attend(self, command: Command[None]) -> None:
        """A call beside those of requests, without a deadline. Not begun while the server is away.

        Its failure is counted, but neither logged nor held against the server. It is given up when
        the breaker opens: the server it goes on with may not be the one that is back then.
        """
        if not self._breaker.closed:
            return
        outcome = await self._errands.attend(lambda: self._answer(command))
        if outcome is not None:
            self._stats.error(outcome)

    async def _prove(self, command: Command[T], seconds: float) -> T | Trouble:
        """A call of the beat's: its timeouts always count, however busy this process is."""
        told = await self._errands.prove(lambda: self._answer(command), seconds)
        return self._judged(told, beat=True)

    def _judged(
        self, outcome: T | Trouble, *, well: bool = True, fair: bool = True, beat: bool = False
    ) -> T | Trouble:
        """Counted and told to the breaker: a success only if `well`, a timeout only if `fair`."""
        troubles, failed = troubles_in(outcome)
        for trouble in dict.fromkeys(troubles):  # one call, however many puts it carried
            self._stats.error(trouble)
        if failed is None:
            if well:
                self._breaker.succeeded(time.monotonic(), probe=beat)
            return outcome
        ours = failed is Trouble.BUSY or (failed is Trouble.TIMEOUT and not fair)
        refused = beat and failed is not Trouble.TIMEOUT
        if not ours and self._breaker.failed(time.monotonic(), probe=refused):
            self._announce(failed)
            self._errands.dismiss()
        return outcome

    async def _answer(self, command: Command[T]) -> T | Trouble:
        """The one place where what a server and its driver do wrong is forgiven."""
        try:
            return await command()
        except Exception as error:  # not only the driver's own: some derive from Exception itself
            return self._forgiven(error)

    async def _each(self, command: Command[Sequence[T | Exception]]) -> Sequence[T | Trouble]:
        answers = await command()
        return [self._forgiven(it) if isinstance(it, Exception) else it for it in answers]

    def _forgiven(self, error: Exception) -> Trouble:
        trouble = classify(error)
        self._said[trouble] = quote(error, self._secrets())
        return trouble

    async def _beat(self) -> bool:
        if not self._breaker.closed:
            return await self._recover()
        outcome = await self._prove(self._beat_command, self._quick)
        return not isinstance(outcome, Trouble)

    async def _recover(self) -> bool:
        """Close the breaker if a patient beat succeeds, and then one as quick as requests are."""
        for command, seconds in (self._reach, self._slow), (self._beat_command, self._quick):
            outcome = await self._prove(command, seconds)
            if isinstance(outcome, Trouble):
                self._announce(outcome)
                return False
        await asyncio.gather(*(self._prove(self._warm, self._slow) for _ in range(self._width)))
        self._breaker.close()
        self._announce(None)
        return True

    def _announce(self, trouble: Trouble | None) -> None:
        """Log what changed, once."""
        if self._announced is (trouble is None):
            return
        self._announced = trouble is None
        if trouble is None:
            _log.info("cache: redis at %s is in use.", self._server)
            return
        why = explain(trouble, self._said.pop(trouble, None))
        left = "cache: redis at %s is not in use: %s Polls go on without it."
        _log.warning(left, self._server, why)
