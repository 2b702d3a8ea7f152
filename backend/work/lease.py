"""This worker's lease, as far as this worker can prove it. The truth is the database's clock."""

import time
from collections.abc import Callable

from jobs import Backlog
from work.holdings import Holdings, Reason


class Lease:
    """Renewed by `renew`, and alive for `seconds` from when the last granted one was asked for."""

    def __init__(
        self,
        worker: str,
        backlog: Backlog,
        *,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._worker = worker
        self._backlog = backlog
        self._seconds = seconds
        self._clock = clock
        self._until = 0.0

    @property
    def alive(self) -> bool:
        return self._clock() < self._until

    async def renew(self) -> None:
        """Raises StoreUnavailable; then the lease goes on running out."""
        asked = self._clock()  # before the question: the answer may have been long on its way
        await self._backlog.renew(self._worker, seconds=self._seconds)
        self._until = asked + self._seconds

    async def keep(self, holdings: Holdings) -> None:
        """One beat: renew; what can no longer be proved to be held is put down first.

        A process that was stopped past its lease finds out here. One on a machine that was
        suspended does not: CLOCK_MONOTONIC stood still. Then the fence alone refuses late writes.
        """
        if not self.alive:
            holdings.put_claims_down(Reason.LEAVING)
        await self.renew()
