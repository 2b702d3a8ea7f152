"""A crowd of pollers at a given rate, and all that each of them saw. Knows the API by HTTP alone.

Open loop: each poll has its moment, and a poller that was kept waiting makes up for its late polls
at once, so that a stall shows in every poll that it delayed ("coordinated omission", G. Tene).
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Final

from live.http_line import HttpLine, Reply
from live.observation import Observation

POLL_SECONDS: Final = 10.0
"""A poll takes no longer, its connection included."""

_IDLE_SECONDS: Final = 3.0  # below the 5 s after which uvicorn ends an idle connection


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Which pollers there are and what they do. `rate` is polls per second of all together.

    Poller i asks for job i (modulo) all the time, or for one after the other when `rotating`;
    at process i all the time, or at one after the other when `hopping`.
    """

    name: str
    ports: Sequence[int]
    jobs: Sequence[str]
    pollers: int
    rate: float
    seconds: float
    etags: bool = True
    """Whether they send the entity tag of what they saw last."""
    hopping: bool = False
    rotating: bool = False
    refuges: Sequence[int] = ()
    """Who is asked, in turn, where nobody answers at a process: what a load balancer does."""


@dataclass(frozen=True, kw_only=True)
class _Body:
    job: str
    version: int
    done: bool
    digest: str
    error: str = ""


class _Poller:
    def __init__(self, plan: Plan, number: int, note: Callable[[Observation], None]) -> None:
        self._plan = plan
        self._number = number
        self._note = note
        self._lines: dict[int, HttpLine] = {}
        self._etags: dict[str, str] = {}

    async def run(self, start: float) -> None:
        """Polls from `start` on, for as long as the plan says."""
        try:
            for turn, due in self._moments(start):
                await asyncio.sleep(due - time.monotonic())
                await self._poll(turn, due)
        finally:
            for line in self._lines.values():
                line.close()

    def _moments(self, start: float) -> Iterator[tuple[int, float]]:
        """Each poller's polls lie between those of the others."""
        plan, first = self._plan, start + self._number / self._plan.rate
        for turn in count():
            due = first + turn * plan.pollers / plan.rate
            if due >= start + plan.seconds:
                return
            yield turn, due

    async def _poll(self, turn: int, due: float) -> None:
        plan, number = self._plan, self._number
        job = plan.jobs[(number + turn * plan.rotating) % len(plan.jobs)]
        port = plan.ports[(number + turn * plan.hopping) % len(plan.ports)]
        sent = self._etags.get(job, "") if plan.etags else ""
        began = time.monotonic()
        try:
            async with asyncio.timeout(POLL_SECONDS):
                port, reply = await self._answered(port, f"/api/v2/jobs/{job}", sent)
                error = ""
        except (OSError, TimeoutError) as broken:
            reply, error = _NOTHING, str(broken) or f"no answer within {POLL_SECONDS} s"
        ended = time.monotonic()
        body = _read(reply.body) if reply.status == 200 else _NO_BODY
        if reply.status in (200, 304):
            self._etags[job] = reply.headers.get("etag", "")
        self._note(
            Observation(
                poller=f"{plan.name}-{number}",
                process=str(port),
                job=job,
                sent=sent,
                status=reply.status,
                etag=reply.headers.get("etag", ""),
                body_job=body.job,
                body_version=body.version,
                body_done=body.done,
                digest=body.digest,
                due=due,
                began=began,
                ended=ended,
                cache=reply.headers.get("cache-status", ""),
                age=_number(reply.headers.get("age", "")),
                error=error or body.error,
            )
        )

    async def _answered(self, port: int, path: str, etag: str) -> tuple[int, Reply]:
        """Who answered, and what. Raises OSError if the last one does not answer, either."""
        *others, last = (port, *self._plan.refuges)
        for other in others:
            with suppress(OSError):
                return other, await self._ask(other, path, etag)
        return last, await self._ask(last, path, etag)

    async def _ask(self, port: int, path: str, etag: str) -> Reply:
        line = self._lines.get(port)
        if line and time.monotonic() - line.used_at > _IDLE_SECONDS:
            line.close()
        try:
            if line is None or not line.is_open:
                line = self._lines[port] = await HttpLine.open(port)
            return await line.ask(path, etag)
        except (OSError, asyncio.CancelledError):
            self._hang_up(port)
            raise

    def _hang_up(self, port: int) -> None:
        if line := self._lines.pop(port, None):
            line.close()


async def poll_all(plan: Plan, note: Callable[[Observation], None]) -> None:
    """Polls as planned, from now on. Cancelled, it leaves out the polls under way."""
    start = time.monotonic()
    pollers = [_Poller(plan, number, note) for number in range(plan.pollers)]
    async with asyncio.TaskGroup() as crowd:
        for poller in pollers:
            crowd.create_task(poller.run(start))


@lru_cache(maxsize=4096)
def _read(body: bytes) -> _Body:
    """What matters of a document; most polls bring one that was read before."""
    digest = hashlib.blake2b(body, digest_size=8).hexdigest()
    try:
        document = json.loads(body)
        return _Body(
            job=str(document["id"]),
            version=int(document["version"]),
            done=bool(document["done"]),
            digest=digest,
        )
    except (ValueError, TypeError, LookupError) as error:
        why = f"no document: {type(error).__name__}: {error}"
        return _Body(job="", version=0, done=False, digest=digest, error=why)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


_NOTHING: Final = Reply(status=0, headers={}, body=b"")
_NO_BODY: Final = _Body(job="", version=0, done=False, digest="")
