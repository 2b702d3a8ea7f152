"""A client of a running API: the verbs of the HTTP contract."""

import asyncio
import json
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

import httpx

from patience import eventually

Document: TypeAlias = dict[str, Any]

JOB_SECONDS = 90.0  # many times what the jobs of these tests need
SAMPLE: Document = {"type": "sample"}

# Below the 5 s after which uvicorn ends an idle connection: the last moment belongs to nobody.
_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=3.0)


def is_done(document: Document) -> bool:
    return bool(document["done"])


class Api:
    """A running API and a client of it. Answers that say no are not raised by the plain verbs."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, console: Path) -> None:
        self.process = process
        self.http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", timeout=20.0, limits=_LIMITS
        )
        self._console = console

    async def status_of(self, path: str) -> int:
        """The status of a GET; 0 while nobody listens. Fails when the process has ended."""
        assert self.process.poll() is None, self._console.read_text()[-3000:]
        with suppress(httpx.TransportError):
            return (await self.http.get(path)).status_code
        return 0

    async def up(self, path: str = "/readyz") -> "Api":
        """Itself, once that page says 200."""
        await eventually(lambda: self.status_of(path), lambda status: status == 200)
        return self

    async def create(self, kind: str, spec: Document | None = None, **fields: Any) -> Document:
        """A job on the generated clip; its document."""
        wanted = {"kind": kind, "source": SAMPLE, "spec": spec or {}, **fields}
        return _accepted(await self.http.post("/api/v2/jobs", json=wanted))

    async def upload(
        self, file: Path, kind: str, spec: Document | None = None, **fields: Any
    ) -> Document:
        """A job on a file; its document."""
        wanted = {"kind": kind, "source": {"type": "upload"}, "spec": spec or {}, **fields}
        content = await asyncio.to_thread(file.read_bytes)
        answer = await self.http.post(
            "/api/v2/jobs", data={"job": json.dumps(wanted)}, files={"file": (file.name, content)}
        )
        return _accepted(answer)

    async def poll(self, job: Document, etag: str = "") -> httpx.Response:
        return await self.http.get(
            job["links"]["self"], headers={"If-None-Match": etag} if etag else {}
        )

    async def document(self, job: Document) -> Document:
        found: Document = (await self.poll(job)).raise_for_status().json()
        return found

    async def until(
        self, job: Document, holds: Callable[[Document], object], *, seconds: float = JOB_SECONDS
    ) -> Document:
        return await eventually(lambda: self.document(job), holds, seconds=seconds)

    async def until_done(self, job: Document, *, seconds: float = JOB_SECONDS) -> Document:
        return await self.until(job, is_done, seconds=seconds)

    async def stats(self) -> Document:
        """The cache's statistics."""
        answer = (await self.http.get("/api/v2/cache/stats")).raise_for_status()
        statistics: Document = answer.json()["statistics"]
        return statistics

    async def download(self, output: Document, target: Path) -> Path:
        answer = (await self.http.get(output["href"])).raise_for_status()
        await asyncio.to_thread(target.write_bytes, answer.content)
        return target


def _accepted(answer: httpx.Response) -> Document:
    assert answer.status_code == 202, answer.text
    document: Document = answer.json()
    return document
