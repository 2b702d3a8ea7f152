"""An event loop for stepped scenes: no files, no real time."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context
from heapq import heappop, heappush
from typing import Final, TypeVarTuple

Ts = TypeVarTuple("Ts")
_BOOT: Final = 1000.0
"""What every run's clock shows at its beginning, in seconds."""


class SteppedLoop(asyncio.BaseEventLoop):
    """An event loop without files and with a time of its own; it stops when nothing is ready.

    Its queue is its own, too: scenes are run by the thousand, and asyncio's takes twice as long.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = _BOOT
        self._queue: deque[asyncio.Handle] = deque()
        self._timers: list[asyncio.TimerHandle] = []
        self.set_exception_handler(lambda loop, context: None)  # runs are left half done

    def time(self) -> float:
        return self.now

    def call_soon(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._queue.append(handle)
        return handle

    def call_at(
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        heappush(self._timers, timer)
        return timer

    def run_forever(self) -> None:
        asyncio._set_running_loop(self)
        try:
            while self._awake():
                for _ in range(len(self._queue)):
                    handle = self._queue.popleft()
                    if not handle.cancelled():
                        handle._run()
        finally:
            asyncio._set_running_loop(None)

    def _awake(self) -> bool:
        """Whether anything is ready, with those whose time has come."""
        while self._timers and self._timers[0].when() <= self.now:
            self._queue.append(heappop(self._timers))
        return bool(self._queue)

    def next_timer(self) -> float | None:
        """When the next sleeper wakes."""
        timers = [timer for timer in self._timers if not timer.cancelled()]
        return min((timer.when() for timer in timers), default=None)
