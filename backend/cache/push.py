"""The Redis push: changes arrive in milliseconds, or not at all. No I/O of its own.

It only hurries: what it brings is believed by the same rule as what lies in Redis, and what it
misses the change feed brings.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Final

from cache.freshness import age
from cache.near import Near
from cache.shared import Shared
from cache.tier import Cache
from jobs import Document

_AGAIN_SECONDS: Final = (0.2, 0.6)
"""Between attempts to listen; drawn anew, so that processes do not come back all at once."""
_LONGEST: Final = 8
"""Times longer at most, when it is tried in vain again and again."""
_TOLD_AFTER: Final = 10
_WHY: Final = (
    "changes arrive by the database feed instead, half a second later. May our user subscribe "
    "to the channel? See `errors` in the statistics."
)
_SILENT_SECONDS: Final = 2.0

_log = logging.getLogger("tally.cache")


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
        self._deaf = 0

    @property
    def alive(self) -> bool:
        """Whether changes arrive by it now, as far as one can tell."""
        return self._clock() - self._heard_at < _SILENT_SECONDS

    async def run(self) -> None:
        """Listen until cancelled; when the connection is lost, again."""
        while True:
            await self._cache.listen(self.deliver, self._heard)
            self._heard_at = float("-inf")
            in_vain = self._shared.state.enabled
            self._deaf = self._deaf + 1 if in_vain else 0
            if self._deaf == _TOLD_AFTER:
                _log.warning("cache: redis is in use, but its push is not heard: %s", _WHY)
            await asyncio.sleep(random.uniform(*_AGAIN_SECONDS) * min(_LONGEST, 1 + self._deaf))

    def deliver(self, raw: bytes) -> None:
        """Take one announced value."""
        entry = self._shared.announced(raw)
        if entry is None:
            return
        document = entry.document
        self._told(document)
        if self._near.known(document.id):  # of others a later version may have gone untold
            self._near.follow(document, self._clock() - age(entry, self._wall()))

    def _heard(self) -> None:
        self._heard_at = self._clock()
        if self._deaf >= _TOLD_AFTER:
            _log.info("cache: the push of redis is heard.")
        self._deaf = 0
