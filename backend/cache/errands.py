"""Runs work in tasks of its own, a few at a time, so that whoever waits may leave at any moment.

A command to a server must never be cancelled by its caller: what the caller leaves behind is either
finished or cancelled at its own deadline, and it cleans up after itself in peace. Knows no Redis.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from cache.tier import Trouble

T = TypeVar("T")

_QUEUE: Final = 10
"""How many may wait for each place. More could not be served in time; refusing them at once costs
microseconds, and letting them wait and fail costs a second of CPU per thousand."""
_WAIT: Final = 0.5
"""The share of a deadline that may pass in the queue; the rest is for the work itself."""
_TURNS: Final = 10
_GRACE_SECONDS: Final = 0.025
"""After the deadline the loop makes a few turns, for at most so long: an answer already here is
still taken. A loop later than this was busy itself: that is not held against the server."""
_CHANCES: Final = 3
"""How many times its seconds a proof gets while the loop is late: an answer needs a few turns."""
_PLACE_SECONDS: Final = 1.0
"""For how long a proof waits for a place: every place is free again after a request's deadline."""


class Errands:
    """The work under way, at most `width` at once beside what is attended.

    Work must not raise; its outcome is a value.
    """

    def __init__(self, width: int) -> None:
        self._places = asyncio.Semaphore(width)
        self._queue_limit = _QUEUE * width
        self._waiting = 0
        self._running: set[asyncio.Task[Any]] = set()
        self._attended: set[asyncio.Task[Any]] = set()

    @property
    def taken(self) -> int:
        """How many places are taken."""
        return len(self._running) - len(self._attended)

    @property
    def waiting(self) -> int:
        """How many wait for a place; proofs wait uncounted."""
        return self._waiting

    async def run(self, work: Callable[[], Awaitable[T]], seconds: float) -> T | Trouble:
        """What the work gives; Trouble.TIMEOUT after `seconds`, without waiting for clean-up.

        Trouble.BUSY where the fault is ours: no place was free, or the loop itself was late.
        Cancelling this call does not cancel the work: it goes on until the same deadline.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        if not await self._find_place(_WAIT * seconds):
            return Trouble.BUSY
        task = self._begin(work)
        try:
            await asyncio.wait({task}, timeout=deadline - loop.time())
            late = loop.time() - deadline
            for _ in range(_TURNS):
                if task.done() or loop.time() - deadline > _GRACE_SECONDS:
                    break
                await asyncio.sleep(0)
        finally:
            if not task.done():
                loop.call_later(max(0.0, deadline - loop.time()), task.cancel)
        if task.done() and not task.cancelled():
            return task.result()
        return Trouble.BUSY if late > _GRACE_SECONDS else Trouble.TIMEOUT

    async def prove(self, work: Callable[[], Awaitable[T]], seconds: float) -> T | Trouble:
        """As `run`, for work that must tell how the server is, and that no request waits for.

        Its `seconds` begin once it has a place, which no crowd denies it. A late loop gives it as
        long again, a few times; after that it is a TIMEOUT, whoever was late: an overloaded process
        must notice, too, that its server is silent. BUSY only if no place was free for a second.
        Cancelling this call cancels the work.
        """
        try:
            async with asyncio.timeout(_PLACE_SECONDS):
                await self._places.acquire()
        except TimeoutError:
            return Trouble.BUSY
        task = self._begin(work)
        try:
            await _patience(task, seconds)
        finally:
            task.cancel()  # harmless when it is done
        return task.result() if task.done() and not task.cancelled() else Trouble.TIMEOUT

    async def attend(self, work: Callable[[], Awaitable[T]]) -> T | None:
        """Work that goes on until it ends by itself or all is stopped; then None. Takes no place.

        Cancelling this call cancels the work, without waiting for its clean-up.
        """
        task = self._task(work)
        self._attended.add(task)
        task.add_done_callback(self._attended.discard)
        try:
            await asyncio.wait({task})
        finally:
            task.cancel()  # harmless when it is done
        return None if task.cancelled() else task.result()

    def dismiss(self) -> None:
        """Cancel what is attended, without waiting for its clean-up."""
        for task in self._attended:
            task.cancel()

    async def stop(self, seconds: float) -> None:
        """Cancel what is under way and wait for its clean-up, but not longer than `seconds`."""
        running = set(self._running)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=seconds)

    async def _find_place(self, seconds: float) -> bool:
        if not self._places.locked():
            return await self._places.acquire()  # at once
        if self._waiting >= self._queue_limit:
            return False
        self._waiting += 1
        try:
            async with asyncio.timeout(seconds):
                return await self._places.acquire()
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1

    def _begin(self, work: Callable[[], Awaitable[T]]) -> asyncio.Task[T]:
        """A task that gives its place back when it is over, however it ends."""
        task = self._task(work)
        task.add_done_callback(lambda _: self._places.release())
        return task

    def _task(self, work: Callable[[], Awaitable[T]]) -> asyncio.Task[T]:
        task = asyncio.ensure_future(_awaited(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task


async def _patience(task: asyncio.Task[T], seconds: float) -> None:
    """Wait for the task, and again where the loop was so late that an answer may lie unread."""
    loop = asyncio.get_running_loop()
    for _ in range(_CHANCES):
        deadline = loop.time() + seconds
        await asyncio.wait({task}, timeout=seconds)
        if task.done() or loop.time() - deadline <= _GRACE_SECONDS:
            return


async def _awaited(work: Callable[[], Awaitable[T]]) -> T:
    return await work()
