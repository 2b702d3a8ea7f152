"""The face of a job engine: it brings every queued job to some worker, at least once. Pure.

An engine knows deliveries, not jobs: what a job is and how it ends stands in the jobs table alone.
A delivery may come twice or late; whoever performs it asks the table first.
"""

from collections.abc import Awaitable, Callable, Collection, Coroutine
from typing import Any, Protocol, TypeAlias

from jobs import Connection


class NotTaken(Exception):
    """This worker stops: the job was not taken, and its delivery must come again."""


Perform: TypeAlias = Callable[[str], Coroutine[Any, Any, None]]
"""Does the job of that id, which uses the delivery up; raising NotTaken leaves it to `recover`."""

Redeliver: TypeAlias = Callable[[str], Awaitable[None]]
"""Queues the job of that id once more, if it is still queued."""


class Engine(Protocol):
    """Every method may raise StoreUnavailable: the engine's tables live in the jobs' database."""

    async def prepare(self) -> None:
        """Make the engine usable here: load it, create or migrate its tables. Safe to call at once
        from many tasks and processes; returns at once when done before; may be tried again."""
        ...

    async def deliver(self, connection: Connection, job_id: str, fence: int) -> None:
        """Queue a delivery inside the caller's open transaction: both commit, or neither.

        Never prepares: the caller may hold the lock that preparing needs. Raises StoreUnavailable
        before `prepare` has succeeded.
        """
        ...

    async def start(self, worker: str, perform: Perform, *, concurrency: int) -> None:
        """Begin to take deliveries as that worker, `perform` running in the caller's loop.

        `concurrency` is kept with the queue: the worker that started last sets it for all.
        """
        ...

    async def stop(self) -> None:
        """Take no more deliveries. Those still being performed are cancelled and not used up."""
        ...

    async def holders(self) -> Collection[str]:
        """Workers, alive or not, that took deliveries and did not use them up: one question."""
        ...

    async def recover(self, worker: str, redeliver: Redeliver) -> None:
        """Queue again what a worker took and did not use up, and forget that it took it.

        For a worker that is gone. One that lives after all may go on with what it took, and the
        same jobs come a second time. Several may recover the same worker at once, and again after
        a crash in the middle.
        """
        ...

    async def close(self) -> None:
        """Let go of every connection. Harmless if nothing was prepared."""
        ...
