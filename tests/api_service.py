"""The HTTP interface under test: a client, and the parts beneath it.

No worker runs here: tests move jobs along themselves, by the same steps a worker takes.
"""

import json
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from api import Application
from example_jobs import RecordedDelivery
from jobs import Claimed, Event, Finished, Job, JobFiles, OutputReady, SqlJobs

UPLOAD_LIMIT = 100_000
SAMPLE = {"kind": "thumbnail", "source": {"type": "sample"}}
UPLOAD = {"kind": "probe", "source": {"type": "upload"}}


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
