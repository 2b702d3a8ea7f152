"""The Redis push: changes arrive in milliseconds, or not at all. No I/O of its own.

It only hurries: what it brings is believed by the same rule as what lies in Redis, and what it
misses the change feed brings.
"""

import asyncio
import random
from collections.abc import Callable
from typing import Final

from cache.freshness import age, trusted
from cache.near import Near
from cache.shared import Shared
from cache.tier import Cache
from jobs import Document

_AGAIN_SECONDS: Final = (0.2, 0.6)
"""Between attempts to listen; drawn anew, so that processes do not come back all at once."""
_SILENT_SECONDS: Final = 2.0


class Push:
    """Listens to one cache and tells the near tier; `told` is called with all it hears of."""

    def __init__(
        self,
        cache: Cache,
        shared: Shared,
        near: Near,
        told: Callable[[Document], None],
        *,
        clock: Callable[[], float],
        wall: Callable[[], float],
    ) -> None:
        self._cache = cache
        self._shared = shared
        self._near = near
        self._told = told
        self._clock = clock
        self._wall = wall
        self._heard_at = float("-inf")

    @property
    def alive(self) -> bool:
        """Whether changes arrive by it now, as far as one can tell."""
        return self._clock() - self._heard_at < _SILENT_SECONDS

    async def run(self) -> None:
        """Listen until cancelled; when the connection is lost, again."""
        while True:
            await self._cache.listen(self.deliver, self._heard)
            self._heard_at = float("-inf")
            await asyncio.sleep(random.uniform(*_AGAIN_SECONDS))

    def deliver(self, raw: bytes) -> None:
        """Take one announced value."""
        entry = self._shared.announced(raw)
        if entry is None:
            return
        document = entry.document
        self._told(document)
        known = self._near.known(document.id)
        if known and trusted(document.version, known=known, proven=True):
            said_at = self._clock() - age(entry, self._wall())
            self._near.keep(document, said_at, self._near.epoch)

    def _heard(self) -> None:
        self._heard_at = self._clock()
