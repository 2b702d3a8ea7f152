"""A job as a row and back. Pure: `job_of(row_of(job, ...)) == job` for every job."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from jobs.document import Document
from jobs.job import Failure, Job, Output, Progress, Status

_COLUMNS = (
    "id",
    "owner",
    "kind",
    "version",
    "fence",
    "attempt",
    "worker",
    "deleted",
    "created_at",
    "updated_at",
    "deadline_at",
    "started_at",
    "finished_at",
)
"""Fields of a job that are columns under the same name and type."""


def row_of(job: Job, document: Document) -> dict[str, Any]:
    """Every column of the job's row; `document` is the one rendered of this very job."""
    return {
        **{name: getattr(job, name) for name in _COLUMNS},
        "status": job.status.value,
        "detail": json.dumps(_detail(job), separators=(",", ":")),
        "done": document.done,
        "retry_after": document.retry_after,
        "document": document.body,
    }


def job_of(row: Mapping[str, Any]) -> Job:
    """The job that a row holds."""
    detail = json.loads(row["detail"])
    return Job(
        **{name: row[name] for name in _COLUMNS},
        status=Status(row["status"]),
        source=detail["source"],
        spec=detail["spec"],
        metadata=detail["metadata"],
        outputs=tuple(Output(**output) for output in detail["outputs"]),
        progress=Progress(**detail["progress"]),
        media=detail["media"],
        error=Failure(**detail["error"]) if detail["error"] else None,
        retry_of=detail["retry_of"],
    )


def document_of(row: Mapping[str, Any]) -> Document:
    """The document that a row holds, byte for byte."""
    return Document(
        id=row["id"],
        owner=row["owner"],
        version=row["version"],
        done=row["done"],
        gone=row["deleted"],
        retry_after=row["retry_after"],
        body=bytes(row["document"]),
    )


def _detail(job: Job) -> dict[str, Any]:
    return {
        "source": job.source,
        "spec": job.spec,
        "metadata": job.metadata,
        "outputs": [asdict(output) for output in job.outputs],
        "progress": asdict(job.progress),
        "media": job.media,
        "error": asdict(job.error) if job.error else None,
        "retry_of": job.retry_of,
    }
