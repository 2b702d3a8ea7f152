"""Which jobs this process has in its hands, and why one is to be put down. No I/O, no clock."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from typing import TypeAlias

from work.engine import NotTaken

Claim: TypeAlias = tuple[str, int]
"""A job's id and the fence of one claim of it: what exactly is held."""


class Reason(Enum):
    """Why work is put down before its end."""

    CANCELED = "nobody wants the job any more"
    FORSAKEN = "the job is not held by this worker any more"
    LEAVING = "this worker stops, or cannot prove any more that it lives"


class Holding:
    """One delivery in hand: first being claimed, then being worked on."""

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id
        self.fence: int | None = None
        self.reason: Reason | None = None
        self._work: asyncio.Task[None] | None = None

    def begin(self, work: asyncio.Task[None]) -> None:
        """From now on putting down means cancelling that task, at once if it was asked before."""
        self._work = work
        if self.reason is not None:
            work.cancel()

    def put_down(self, reason: Reason) -> None:
        """Stop the work. The first reason counts; more of them change nothing."""
        if self.reason is not None:
            return
        self.reason = reason
        if self._work is not None:
            self._work.cancel()


class Holdings:
    """All that this process holds. A job may be in it twice while an older claim is put down."""

    def __init__(self) -> None:
        self._all: list[Holding] = []
        self._closed = False
        self._empty = asyncio.Event()
        self._empty.set()

    @contextmanager
    def open(self, job_id: str) -> Iterator[Holding]:
        """A place for one delivery. Raises NotTaken once closed."""
        if self._closed:
            raise NotTaken
        holding = Holding(job_id)
        self._all.append(holding)
        self._empty.clear()
        try:
            yield holding
        finally:
            self._all.remove(holding)
            if not self._all:
                self._empty.set()

    def job_ids(self) -> frozenset[str]:
        """Jobs claimed here, or being claimed."""
        return frozenset(holding.job_id for holding in self._all)

    def claims(self) -> Mapping[Claim, Holding]:
        """What is held as far as this process knows."""
        return {
            (holding.job_id, holding.fence): holding
            for holding in self._all
            if holding.fence is not None
        }

    def put_claims_down(self, reason: Reason) -> None:
        """What is being claimed holds nothing yet, and may go on."""
        for holding in self.claims().values():
            holding.put_down(reason)

    async def close(self) -> None:
        """Take no more, put all down, and wait until the hands are empty."""
        self._closed = True
        for holding in self._all:
            holding.put_down(Reason.LEAVING)
        await self._empty.wait()
