"""How many jobs wait, and whether a worker lives to do them: asked seldom, told often. No SQL.

For whoever watches the service. Nothing here is asked for a poll.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from jobs.errors import StoreUnavailable

PAUSE_SECONDS: Final = 5.0
"""Between two questions of one process at least, however many ask it."""
WAIT_SECONDS: Final = 0.1
"""What a question may cost whoever wants the answer; after that the one before is told."""
OLDEST_SECONDS: Final = 60.0
"""An older answer is none: whoever watches shall see that nothing is known."""


@dataclass(frozen=True, kw_only=True)
class Census:
    """One answer of the database. `jobs` has each status that is not final, also with 0.

    `oldest_queued_seconds` is since the job became queued, again or first; 0 where none waits.
    """

    jobs: Mapping[str, int]
    oldest_queued_seconds: float
    workers_living: int


class RecentCensus:
    """The last answer of `take`, which may raise StoreUnavailable. Use it in one event loop."""

    def __init__(
        self, take: Callable[[], Awaitable[Census]], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._take = take
        self._clock = clock
        self._asked = float("-inf")
        self._known: tuple[Census, float] | None = None
        self._question: asyncio.Task[None] | None = None

    async def refresh(self) -> None:
        """Ask if the last question is long enough ago. Takes WAIT_SECONDS at most, never raises."""
        if self._question is None and self._clock() - self._asked >= PAUSE_SECONDS:
            self._asked = self._clock()
            self._question = asyncio.create_task(self._ask())
        if self._question is not None:
            await asyncio.wait({self._question}, timeout=WAIT_SECONDS)

    async def _ask(self) -> None:
        try:
            with suppress(StoreUnavailable):  # told by others; the last answer grows old
                self._known = (await self._take(), self._asked)
        finally:
            self._question = None

    def numbers(self) -> Mapping[str, Any] | None:
        """The answer and its age; None where there is none of the last OLDEST_SECONDS."""
        if self._known is None:
            return None
        census, asked = self._known
        age = self._clock() - asked
        return None if age > OLDEST_SECONDS else {**vars(census), "age_seconds": age}

    async def close(self) -> None:
        """Give up a question under way."""
        if self._question is not None:
            question = self._question
            question.cancel()
            await asyncio.wait({question})
