"""Single-flight: many who want the same thing at once share one piece of work. No I/O.

The work runs in a task of its own, so that whoever waits may leave at any moment. Known from
groupcache. It goes on when the last has left: it is short, what it finds is kept for whoever comes
next, and cancelling it would cost a connection to the database.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Overdue(Exception):
    """The work took longer than its deadline; nobody waits for it any more."""


class SingleFlight(Generic[T]):
    """Shares the work under way. For one event loop; what is done is not remembered."""

    def __init__(self, *, seconds: float) -> None:
        """`seconds`: how long any work may take."""
        self._seconds = seconds
        self._shared: dict[str, asyncio.Task[T]] = {}
        self._running: set[asyncio.Task[T]] = set()

    async def do(self, key: str, work: Callable[[], Awaitable[T]]) -> T:
        """What the work for that key gives, begun now or already under way.

        What it raises reaches everybody who waits, and the next caller begins anew. Raises Overdue
        after the deadline. Cancelling this call harms nobody else.
        """
        task = self._shared.get(key)
        if task is None:
            task = self._begin(key, work)
        return await asyncio.shield(task)

    def forget(self, key: str) -> None:
        """Whoever comes from now on begins anew: what is under way may know only the past."""
        self._shared.pop(key, None)

    async def stop(self) -> None:
        """Cancel what is under way, and wait for its clean-up."""
        running = set(self._running)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)

    def __len__(self) -> int:
        """How much work is under way."""
        return len(self._running)

    def _begin(self, key: str, work: Callable[[], Awaitable[T]]) -> asyncio.Task[T]:
        task = asyncio.ensure_future(_limited(work, self._seconds))
        self._shared[key] = task
        self._running.add(task)
        task.add_done_callback(lambda _: self._ended(key, task))
        return task

    def _ended(self, key: str, task: asyncio.Task[T]) -> None:
        self._running.discard(task)
        if self._shared.get(key) is task:
            del self._shared[key]
        if not task.cancelled():
            task.exception()  # looked at: where all have left, nobody else does


async def _limited(work: Callable[[], Awaitable[T]], seconds: float) -> T:
    try:
        async with asyncio.timeout(seconds) as limit:
            return await work()
    except TimeoutError:
        if limit.expired():
            raise Overdue from None
        raise
