"""Keeps a fleet true to what Sentinels or a cluster say, and the credentials new: the background.

One task. It looks at a beat, at once when a request met something that has moved, and every second
while a server is away.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from cache.redis_credentials import Credentials
from cache.redis_discovery import Discovery
from cache.redis_fleet import Fleet
from cache.redis_inquiry import Undiscovered
from cache.redis_layout import Layout
from cache.redis_trouble import classify, explain, quote
from cache.stats import CacheStats
from cache.tier import Trouble

_log = logging.getLogger("tally.cache")

_BEAT_SECONDS: Final = 1.0
"""Between looks at the credentials, and at the layout while a server is away."""
_SPACING_SECONDS: Final = 0.3
"""At least, between two looks, however many requests ask for one."""
_DOUBT_SECONDS: Final = 3.0
"""An older epoch is believed if nothing else is told for so long."""
_SPREAD: Final = 0.1
"""Seconds; of the processes that a failover wakes at the same moment."""
_FIRST_SECONDS: Final = 0.5
"""How long a start waits for the first look: it must not keep the door shut."""


def is_news(layout: Layout, present: Layout) -> bool:
    """Whether it is not the past, as a server cut off from the rest tells it."""
    return layout.epoch > present.epoch or (layout.sound and layout.epoch == present.epoch)


def most_telling(reasons: Sequence[BaseException]) -> BaseException:
    """What somebody said, rather than that another one could not be asked."""
    silent = (Trouble.CONNECTION, Trouble.TIMEOUT)
    return min(reasons, key=lambda reason: classify(reason) in silent)


class Lookout:
    """Looks from `start` to `stop`. `name` is the target's, `hides` what no log may show of it."""

    def __init__(
        self,
        fleet: Fleet,
        discovery: Discovery,
        credentials: Credentials,
        stats: CacheStats,
        *,
        name: str,
        hides: Callable[[], Sequence[str]],
        patience: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`patience`: the seconds that one look may take."""
        self._fleet = fleet
        self._discovery = discovery
        self._credentials = credentials
        self._stats = stats
        self._name = name
        self._hides = hides
        self._patience = patience
        self._clock = clock
        self._woken = asyncio.Event()
        self._due_at = float("-inf")
        self._looked_at = float("-inf")
        self._lost = False
        self._doubted_at: float | None = None
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Something has moved: look soon."""
        self._woken.set()

    async def start(self) -> None:
        """Begin, and wait a little for the first look. Once begun, nothing more is."""
        if self._task is not None:
            return
        first = asyncio.Event()
        self._task = asyncio.create_task(self._live(first), name="cache-lookout")
        with suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_SECONDS):
                await first.wait()

    async def stop(self) -> None:
        """End. Harmless when nothing was begun."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None
        await self._discovery.close()

    async def _live(self, first: asyncio.Event) -> None:
        while True:
            try:
                await self._look()
            except Exception:  # whatever it is, the next look must come
                _log.exception("cache: redis: looking after its servers failed; trying again.")
            first.set()
            await self._rest()

    async def _look(self) -> None:
        woken = self._woken.is_set()
        self._woken.clear()
        self._looked_at = self._clock()
        await self._credentials.refresh()
        if self._due(woken):
            await self._discover()
        await self._fleet.renew()

    def _due(self, woken: bool) -> bool:
        beat = self._discovery.beat_seconds
        if not self._fleet.layout.shards:
            return True
        if beat is None:
            return False
        return woken or not self._fleet.whole or self._clock() >= self._due_at

    async def _discover(self) -> None:
        try:
            async with asyncio.timeout(self._patience):
                layout = await self._discovery.look()
        except (Undiscovered, TimeoutError) as error:
            self._failed(error)
            return
        self._due_at = self._clock() + (self._discovery.beat_seconds or 0.0)
        self._found()
        present = self._fleet.layout
        if layout == present:
            self._doubted_at = None
        elif not self._fleet.in_use or self._believed(layout, present):
            self._doubted_at = None
            self._tell(layout, present)
            await self._fleet.adopt(layout)

    def _believed(self, layout: Layout, present: Layout) -> bool:
        """News at once; a sound past once nobody has told anything newer for a while.

        Then it is the present: all was built anew, and the epochs began again.
        """
        if is_news(layout, present):
            return True
        if self._doubted_at is None:
            self._doubted_at = self._clock()
        return layout.sound and self._clock() - self._doubted_at >= _DOUBT_SECONDS

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_BEAT_SECONDS * random.uniform(0.8, 1.0)):
                await self._woken.wait()
                next_at = self._looked_at + _SPACING_SECONDS
                await asyncio.sleep(max(0.0, next_at - self._clock()) + _SPREAD * random.random())

    def _tell(self, layout: Layout, present: Layout) -> None:
        if present.shards and set(layout.primaries) != set(present.primaries):
            listed = ", ".join(map(str, layout.primaries))
            _log.info("cache: redis: the primaries of %s are now %s.", self._name, listed)

    def _failed(self, error: Undiscovered | TimeoutError) -> None:
        reason = most_telling(error.reasons) if isinstance(error, Undiscovered) else error
        trouble = classify(reason)
        self._stats.error(trouble)
        if not self._lost and not self._fleet.in_use:
            self._lost = True
            why = explain(trouble, quote(reason, self._hides()))
            _log.warning(
                "cache: redis is not in use: nobody tells the primaries of %s: %s", self._name, why
            )

    def _found(self) -> None:
        if self._lost:
            self._lost = False
            _log.info("cache: redis: the primaries of %s are known again.", self._name)
