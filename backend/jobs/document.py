"""Renders a job to the bytes clients see: the one place that decides how a status looks. Pure.

Rendered once per change and kept with the row, so every process serves the same bytes for the same
version. Nothing that changes without a version (a queue position) may ever be in it.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from jobs.job import Job, Output, Status

SCHEMA: Final = 1
"""Rises when the document's shape changes: the second half of the ETag."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A job's status as clients see it, and the little a server must know without parsing it.

    `body` is JSON in UTF-8; it is empty for a deleted job (`gone`). `retry_after` is the whole
    seconds a client should wait before asking again, 0 when `done`.
    """

    id: str
    owner: str
    version: int
    done: bool
    gone: bool
    retry_after: int
    body: bytes

    @property
    def etag(self) -> str:
        """The strong validator `"<version>.<schema>"` (RFC 9110, 8.8.3)."""
        return f'"{self.version}.{SCHEMA}"'


def render(job: Job) -> Document:
    """The document of a job at its version: equal jobs give equal bytes."""
    content = b"" if job.deleted else json.dumps(_content(job), **_COMPACT).encode()
    return Document(
        id=job.id,
        owner=job.owner,
        version=job.version,
        done=job.done,
        gone=job.deleted,
        retry_after=retry_after(job),
        body=content,
    )


_COMPACT: Final[dict[str, Any]] = {
    "separators": (",", ":"),
    "ensure_ascii": False,
    "allow_nan": False,  # NaN is no JSON: one such document would spoil every list it is in
}


def retry_after(job: Job) -> int:
    """Seconds until asking again pays: a tenth of what is left, within 1-5; 0 when done."""
    if job.done:
        return 0
    if job.status is Status.QUEUED:
        return 2
    percent = job.progress.percent
    if job.status is Status.CANCELING or percent <= 0 or job.started_at is None:
        return 1  # something happens soon
    left = (job.updated_at - job.started_at) * (100 - percent) / percent
    return round(max(1.0, min(5.0, left / 10)))


def path(job_id: str) -> str:
    """Where the job is found, relative to the host: links must stay true inside a cache."""
    return f"/api/v2/jobs/{job_id}"


def timestamp(seconds: float | None) -> str | None:
    """RFC 3339 in UTC with milliseconds, e.g. 2026-11-22T19:48:02.123Z; None stays None."""
    if seconds is None:
        return None
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _content(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "schema": SCHEMA,
        "version": job.version,
        "status": job.status,
        "done": job.done,
        "kind": job.kind,
        "progress": {"percent": job.progress.percent, "phase": job.progress.phase},
        "created_at": timestamp(job.created_at),
        "started_at": timestamp(job.started_at),
        "updated_at": timestamp(job.updated_at),
        "finished_at": timestamp(job.finished_at),
        "deadline_at": timestamp(job.deadline_at),
        "source": {**job.source, **({"media": job.media} if job.media else {})},
        "spec": job.spec,
        "outputs": [_output(job.id, output) for output in job.outputs],
        "error": {"code": job.error.code, "message": job.error.message} if job.error else None,
        "attempt": job.attempt,
        "retry_of": job.retry_of,
        "metadata": job.metadata,
        "links": {
            "self": path(job.id),
            "cancel": f"{path(job.id)}/cancel",
            "retry": f"{path(job.id)}/retry",
        },
    }


def _output(job_id: str, output: Output) -> dict[str, Any]:
    if not output.ready:
        return {
            "name": output.name,
            "status": "pending",
            "content_type": output.content_type,
        }
    return {
        "name": output.name,
        "status": "ready",
        "content_type": output.content_type,
        "bytes": output.bytes,
        "sha256": output.sha256,
        "href": f"{path(job_id)}/outputs/{output.name}",
    }
