"""The HTTP interface under test: a client, and the parts beneath it.

No worker runs here: tests move jobs along themselves, by the same steps a worker takes.
"""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from api import Application, Parts
from example_jobs import RecordedDelivery
from jobs import Claimed, Event, Finished, Job, JobFiles, JobStore, OutputReady, SqlJobs

UPLOAD_LIMIT = 100_000
SAMPLE = {"kind": "thumbnail", "source": {"type": "sample"}}
UPLOAD = {"kind": "probe", "source": {"type": "upload"}}


def still_parts(store: JobStore, files: JobFiles, **own: Any) -> Parts:
    """Of an API that is ready, remembers nothing and counts nothing, but for what is its `own`."""

    async def ready() -> None: ...

    async def statistics() -> dict[str, object]:
        return {}

    async def metrics() -> tuple[bytes, str]:
        return b"", "text/plain"

    still: dict[str, Any] = {
        "at_hand": lambda job_id, floor, owner: None,
        "ask_soon": lambda job_id, floor, owner, *, tell: False,
        "upload_max_bytes": UPLOAD_LIMIT,
        "deadline_seconds": 60.0,
        "cache_enabled": True,
        "cache_statistics": statistics,
        "cache_state": lambda: "down",
        "ping": ready,
        "is_accepting": lambda: True,
        "accepting": ready,
        "metrics": metrics,
        "observe": lambda route, method, status, seconds: None,
        "laned": lambda status, seconds: None,
        "polled": lambda job_id, client, last: None,
        "pages": (),
        "lifespan": _no_lifespan,
    }
    return Parts(store=store, files=files, **{**still, **own})


@asynccontextmanager
async def _no_lifespan(app: Any) -> AsyncIterator[None]:
    yield


@dataclass
class Service:
    """The application under test and the parts beneath it."""

    app: Application
    client: httpx.AsyncClient
    store: SqlJobs
    files: JobFiles
    delivery: RecordedDelivery
    observed: list[tuple[str, str, int]] = field(default_factory=list)
    polls: list[tuple[str, str, bool]] = field(default_factory=list)

    def behind(self, prefix: str) -> httpx.AsyncClient:
        """Another client, to whom all paths begin with that (`--root-path`)."""
        transport = httpx.ASGITransport(self.app, root_path=prefix)
        return httpx.AsyncClient(transport=transport, base_url="http://tally")

    async def create(self, request: dict[str, Any] = SAMPLE) -> dict[str, Any]:
        answer = await self.client.post("/api/v2/jobs", json=request)
        assert answer.status_code == 202, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def upload(self, content: bytes, request: dict[str, Any] = UPLOAD) -> httpx.Response:
        return await self.client.post(
            "/api/v2/jobs",
            data={"job": json.dumps(request)},
            files={"file": ("film.mp4", content)},
        )

    async def advance(self, job_id: str, *events: Event) -> Job:
        for event in events:
            job = (await self.store.advance(job_id, event, now=time.time())).job
        return job

    async def finish(self, job_id: str, content: bytes = b"picture") -> Job:
        """Do the job as a worker would, but for the work."""
        job = await self.advance(job_id, Claimed(worker="w"))
        for output in job.outputs:
            made = self.files.workplace(job_id, job.fence) / output.name
            made.write_bytes(content)
            ready = self.files.keep(job_id, job.fence, made, output)
            await self.advance(job_id, OutputReady(fence=job.fence, outputs=(ready,)))
        return await self.advance(job_id, Finished(fence=job.fence))
