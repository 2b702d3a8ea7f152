"""Repeats an act at a beat, through outages. Knows nothing of what the act does."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from jobs import StoreUnavailable

_log = logging.getLogger("tally.work")


class _Act:
    """Logs once when an act begins to fail and once when it works again, not every time."""

    def __init__(self, act: Callable[[], Awaitable[None]], what: str, limit: float) -> None:
        self._act = act
        self._what = what
        self._limit = limit
        self._failing = False

    async def succeeds(self) -> bool:
        try:
            async with asyncio.timeout(self._limit):
                await self._act()
        except (StoreUnavailable, TimeoutError) as error:
            if not self._failing:
                _log.warning("%s: %s Trying again.", self._what, str(error) or "No answer.")
        except Exception:
            if not self._failing:
                _log.exception("%s failed. Trying again.", self._what)
        else:
            if self._failing:
                _log.info("%s works again.", self._what)
            self._failing = False
            return True
        self._failing = True
        return False


async def every(
    seconds: float, act: Callable[[], Awaitable[None]], what: str, *, limit: float = 60.0
) -> None:
    """Act, wait about `seconds` (a little jitter spreads processes), and so on until cancelled.

    An act that fails, or takes longer than `limit` seconds, is tried again at the next beat.
    """
    repeated = _Act(act, what, limit)
    while True:
        await repeated.succeeds()
        await asyncio.sleep(seconds * random.uniform(0.95, 1.05))


async def until_done(
    act: Callable[[], Awaitable[None]], what: str, *, seconds: float = 1.0, limit: float = 60.0
) -> None:
    """Try the act until it succeeds once."""
    tried = _Act(act, what, limit)
    while True:
        if await tried.succeeds():
            return
        await asyncio.sleep(seconds * random.uniform(0.95, 1.05))
