"""Clients that claim to have seen what nobody has: each poll must wait for a read of the database.

Closed loop: who is answered asks again, as fast as it goes.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from live.crowd import POLL_SECONDS
from live.http_line import HttpLine, Reply
from live.observation import Observation
from live.own_process import Note, OwnProcess, run_in_own_process

MADE_UP: Final = '"999999.1"'
_REST_SECONDS: Final = 0.05
"""After a failure: whoever asked is down."""


@dataclass(frozen=True, kw_only=True)
class Liars:
    """Client i asks port i for job i (each modulo) all the time, until the seconds are over."""

    name: str
    ports: Sequence[int]
    jobs: Sequence[str]
    clients: int
    seconds: float


def liars(folder: Path, plan: Liars, name: str = "liars") -> OwnProcess:
    """In a process of their own; its records are of the kind Observation, with no tag `sent`."""
    return OwnProcess("live.made_up_floors", [plan], folder, name)


async def lie(plan: Liars, note: Callable[[Observation], None]) -> None:
    """As planned, from now on."""
    until = time.monotonic() + plan.seconds
    async with asyncio.TaskGroup() as group:
        for number in range(plan.clients):
            group.create_task(_client(plan, number, until, note))


async def _client(
    plan: Liars, number: int, until: float, note: Callable[[Observation], None]
) -> None:
    port, job = plan.ports[number % len(plan.ports)], plan.jobs[number % len(plan.jobs)]
    line: HttpLine | None = None
    while (began := time.monotonic()) < until:
        reply, error = Reply(status=0, headers={}, body=b""), ""
        try:
            async with asyncio.timeout(POLL_SECONDS):
                if line is None or not line.is_open:
                    line = await HttpLine.open(port)
                reply = await line.ask(f"/api/v2/jobs/{job}", MADE_UP)
        except (OSError, TimeoutError) as broken:
            error = str(broken) or f"no answer within {POLL_SECONDS} s"
        note(_observation(f"{plan.name}-{number}", port, job, reply, began, error))
        if error:
            await asyncio.sleep(_REST_SECONDS)
    if line is not None:
        line.close()


def _observation(
    poller: str, port: int, job: str, reply: Reply, began: float, error: str
) -> Observation:
    document = json.loads(reply.body) if reply.status == 200 else {}
    return Observation(
        poller=poller,
        process=str(port),
        job=job,
        sent="",
        status=reply.status,
        etag=reply.headers.get("etag", ""),
        body_job=document.get("id", ""),
        body_version=document.get("version", 0),
        body_done=document.get("done", False),
        digest=hashlib.blake2b(reply.body, digest_size=8).hexdigest(),
        due=began,
        began=began,
        ended=time.monotonic(),
        cache=reply.headers.get("cache-status", ""),
        age=0,
        error=error,
    )


async def _lie(plan: dict[str, Any], note: Note) -> None:
    await lie(Liars(**plan), note)


if __name__ == "__main__":
    run_in_own_process(_lie)
