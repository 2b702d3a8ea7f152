"""An event loop for stepped scenes: no files, no real time."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

_BOOT: Final = 1000.0
"""What every run's clock shows at its beginning, in seconds."""


class SteppedLoop(asyncio.BaseEventLoop):
    """An event loop without files and with a time of its own; it stops when nothing is ready."""

    def __init__(self) -> None:
        super().__init__()
        self.now = _BOOT
        self._selector = self
        self.set_exception_handler(lambda loop, context: None)  # runs are left half done

    def time(self) -> float:
        return self.now

    def select(self, timeout: float | None) -> Sequence[Any]:
        if timeout != 0:
            self.stop()
        return ()

    def _process_events(self, events: Sequence[Any]) -> None:
        """There never are any."""

    def next_timer(self) -> float | None:
        """When the next sleeper wakes."""
        timers = [timer for timer in self._scheduled if not timer.cancelled()]  # type: ignore[attr-defined]
        return min((timer.when() for timer in timers), default=None)
