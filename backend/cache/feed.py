"""The change feed: keeps the near tier true, and proves that it is. No I/O of its own.

An answer of the database to "what changed since?" proves every near document that it does not name.
The proof is as old as the question: when it is too old, whatever the cause, near answers end.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from cache.freshness import PROOF_SECONDS
from cache.near import Near
from jobs import ChangeLog, Document, HistoryLost, StoreUnavailable

_log = logging.getLogger("tally.cache")

_ASK_SECONDS: Final = 10.0
"""The last resort for one question. The edge's own limits, for each statement, are far shorter;
but after a long outage there may be much to tell."""
_AT_ONCE: Final = 200
"""Changes taken in between two turns of the loop: about a millisecond's."""
_PATIENCE_SECONDS: Final = 10.0
"""How long the log is not told of a feed never proven yet: the database is starting, too."""
_FAILED_SECONDS: Final = 0.25
"""Between questions at least, while they fail."""


_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
boot_clock: Final[Callable[[], float]] = partial(time.clock_gettime, _CLOCK)
"""Seconds since the machine started, its sleep included: a proof must not outlive that."""


class Feed:
    """Follows one change log.

    `told` is called with every changed document and when it was asked for, after `near` has it;
    `lost` when all that was told before is void.
    """

    def __init__(
        self,
        log: ChangeLog,
        near: Near,
        told: Callable[[Document, float], None],
        lost: Callable[[], None],
        *,
        clock: Callable[[], float] = boot_clock,
    ) -> None:
        self._changes = log
        self._near = near
        self._told = told
        self._lost = lost
        self._clock = clock
        self._cursor: str | None = None
        self._failures = 0
        self.proven_at = float("-inf")
        """When, by the clock, every near document was known to be the newest; -inf for never."""
        self._said_down = False
        self._quiet_until = clock() + _PATIENCE_SECONDS

    @property
    def proven(self) -> bool:
        """Whether near answers may be given now."""
        return self._clock() - self.proven_at < PROOF_SECONDS

    @property
    def age(self) -> float:
        """Seconds since that proof; infinite without one."""
        return self._clock() - self.proven_at

    @property
    def failing(self) -> bool:
        """Whether the database did not answer the feed at least twice, and nothing is proven."""
        return self._failures > 1 and not self.proven

    async def run(self) -> None:
        """Ask at the log's beat, until cancelled. Raises nothing, whatever the database does."""
        try:
            while True:
                await self.ask()
                pause = self._changes.beat_seconds
                if self._failures:
                    pause = max(pause, _FAILED_SECONDS) * random.uniform(1.0, 1.5)
                await asyncio.sleep(pause)
        finally:
            self.proven_at = float("-inf")
            await self._changes.close()

    async def ask(self) -> None:
        """One question, and what follows from the answer. Raises nothing but cancellation."""
        asked = self._clock()
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                await self._catch_up(asked)
        except HistoryLost as error:
            self._begin_anew(error)
        except (StoreUnavailable, TimeoutError) as error:
            self._failed(error)
        except Exception as error:  # whatever it is, polls must go on, without near answers
            self._failed(error)
            if self._failures == 1:
                _log.exception("cache: the change feed failed; trying again.")
        else:
            self._succeeded(asked)

    async def _catch_up(self, asked: float) -> None:
        if self._cursor is None:
            beginning = await self._changes.begin()
            self._near.begin(beginning.versions)
            self._cursor = beginning.cursor
            return
        news = await self._changes.since(self._cursor)
        for number, document in enumerate(news.documents):
            self._near.follow(document, asked)
            self._told(document, asked)
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)  # polls do not wait for a burst of changes
        self._cursor = news.cursor  # last: what is not delivered is asked for again

    def _succeeded(self, asked: float) -> None:
        self.proven_at = asked
        self._failures = 0
        self._quiet_until = asked
        if self._said_down:
            self._said_down = False
            _log.info("cache: the change feed follows the database again.")

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        if self._clock() < self._quiet_until:
            return
        if self.failing and not self._said_down:
            self._said_down = True
            why = str(error) or "no answer in time."
            _log.warning("cache: the change feed is down, near answers end. %s", why)

    def _begin_anew(self, error: HistoryLost) -> None:
        """What is in the near tier is void; the next answer begins a new epoch."""
        _log.warning("cache: the near tier is emptied, and the change feed begins anew. %s", error)
        self._cursor = None
        self.proven_at = float("-inf")
        self._near.begin({})
        self._lost()
