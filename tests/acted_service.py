"""A service played in the test's own loop: jobs, statistics, and whatever a test makes of them.

Speaks as much HTTP as the operators' tools ask for; what is real about a service is tested live.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

Document: TypeAlias = dict[str, Any]


@dataclass
class ActedService:
    """Its jobs by id, as versions; its statistics; and what it was asked for.

    Polls are counted, as hits, unless its statistics say something else.
    """

    versions: dict[str, int] = field(default_factory=dict)
    statistics: Document = field(default_factory=lambda: {"redis_enabled": True})
    takes_jobs: bool = True
    url: str = ""
    asked: list[str] = field(default_factory=list)
    polls: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            await reader.readexactly(int(_header(head, "Content-Length") or "0"))
            method, target, _ = head.split(" ", 2)
            self.asked.append(f"{method} {target}")
            writer.write(self._answer(method, target, _header(head, "If-None-Match")))
        writer.close()

    def _answer(self, method: str, target: str, tag: str) -> bytes:
        path = urlsplit(target).path.removeprefix("/api/v2")
        if path == "/cache/stats":
            counted = {"total_requests": self.polls, "hits": self.polls}
            told = {**counted, **self.statistics}
            return _reply(200, {"cache_enabled": True, "statistics": told})
        if path == "/jobs":
            return self._create() if method == "POST" else self._page(urlsplit(target).query)
        job_id = path.split("/")[2] if path.startswith("/jobs/") else ""
        if job_id not in self.versions:
            return _reply(404, {})
        if path.endswith("/cancel"):
            self.versions[job_id] += 1
        return self._job(job_id, tag)

    def _job(self, job_id: str, tag: str) -> bytes:
        self.polls += 1
        etag = f'"{self.versions[job_id]}.1"'
        if tag == etag:
            return _reply(304, None, f"ETag: {etag}")
        return _reply(200, self.document(job_id), f"ETag: {etag}")

    def _create(self) -> bytes:
        if not self.takes_jobs:
            return _reply(503, {"code": "unavailable"})
        job_id = f"job_{len(self.versions)}"
        self.versions[job_id] = 1
        return _reply(202, self.document(job_id))

    def _page(self, query: str) -> bytes:
        asked = parse_qs(query)
        first, limit = int(asked.get("cursor", ["0"])[0]), int(asked["limit"][0])
        ids = [*self.versions][first : first + limit]
        more = first + limit < len(self.versions)
        cursor = str(first + limit) if more else None
        return _reply(200, {"data": [*map(self.document, ids)], "next_cursor": cursor})

    def document(self, job_id: str) -> Document:
        links = {"self": f"/api/v2/jobs/{job_id}"}
        return {"id": job_id, "version": self.versions[job_id], "done": False, "links": links}


async def _head(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode()
    except (asyncio.IncompleteReadError, OSError):
        return ""


def _header(head: str, name: str) -> str:
    found = re.search(rf"^{name}: (.*)\r$", head, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""


def _reply(status: int, content: Document | None, *headers: str) -> bytes:
    body = b"" if content is None else json.dumps(content).encode()
    lines = [f"HTTP/1.1 {status} -", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@asynccontextmanager
async def acted_service(**fields: Any) -> AsyncIterator[ActedService]:
    """Served for as long as the block."""
    service = ActedService(**fields)
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    service.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield service
    server.close()
