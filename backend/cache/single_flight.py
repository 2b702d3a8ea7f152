"""Single-flight: many who want the same things at once share one piece of work. No I/O.

The work runs in a task of its own, so that whoever waits may leave at any moment. Known from
groupcache. It goes on when the last has left: it is short, what it finds is kept for whoever comes
next, and cancelling it would cost a connection to the database.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")
Work: TypeAlias = Callable[[Collection[str]], AsyncIterator[Mapping[str, T]]]
"""Finds something for each of the keys, and gives what it has found as it goes along."""


class Overdue(Exception):
    """The work took longer than its deadline; nobody waits for it any more."""


class SingleFlight(Generic[T]):
    """Shares the work under way. For one event loop; what is done is not remembered."""

    def __init__(self, *, seconds: float) -> None:
        """`seconds`: how long any work may take."""
        self._seconds = seconds
        self._shared: dict[str, asyncio.Future[T]] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def do(self, keys: Collection[str], work: Work[T]) -> dict[str, T]:
        """What is found for each key, by work under way already, or begun now for all the others.

        Who wants one key does not wait for what is found later for others. What the work raises
        reaches everybody who still waits, and the next caller begins anew. Raises Overdue after the
        deadline. Cancelling this call harms nobody else.
        """
        new = [key for key in keys if key not in self._shared]
        if new:
            self._begin(new, work)
        wanted = {key: self._shared[key] for key in keys}
        for one in wanted.values():
            if not one.done():
                await asyncio.shield(one)
        return {key: one.result() for key, one in wanted.items()}

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

    def _begin(self, keys: Collection[str], work: Work[T]) -> None:
        loop = asyncio.get_running_loop()
        parts = {key: loop.create_future() for key in keys}
        self._shared.update(parts)
        task = loop.create_task(self._fly(parts, work))
        self._running.add(task)
        task.add_done_callback(lambda _: self._ended(task, parts))

    async def _fly(self, parts: Mapping[str, "asyncio.Future[T]"], work: Work[T]) -> None:
        try:
            async with asyncio.timeout(self._seconds) as limit:
                async for found in work(parts.keys()):
                    for key, value in found.items():
                        self._land(key, parts[key])
                        parts[key].set_result(value)
        except TimeoutError:
            if limit.expired():
                raise Overdue from None
            raise

    def _land(self, key: str, part: "asyncio.Future[T]") -> None:
        if self._shared.get(key) is part:
            del self._shared[key]

    def _ended(self, task: asyncio.Task[None], parts: Mapping[str, "asyncio.Future[T]"]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        for key, part in parts.items():
            if part.done():
                continue
            self._land(key, part)
            if task.cancelled():
                part.cancel()
            else:
                part.set_exception(error or LookupError(f"nothing was found for {key}"))
                part.exception()  # looked at: where all have left, nobody else does
