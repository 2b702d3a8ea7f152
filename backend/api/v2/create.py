"""POST /jobs: how jobs come to be, from JSON or from an upload."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.problems import Problem, invalid
from api.v2.openapi import CREATE
from api.v2.poll import poll_headers
from api.v2.schemas import CreateRequest, parse_create, upload_without_file
from api.v2.uploads import JOB_PART_LIMIT, SLACK, broken_off, receive_upload, too_large
from jobs import (
    DEFAULT_OWNER,
    Answer,
    Document,
    Job,
    JobFiles,
    JobStore,
    Json,
    Output,
    new_id,
    path,
)
from video import SpecError, parse_spec, planned_files


@dataclass(frozen=True, kw_only=True)
class Creation:
    """What making jobs needs. `accepting` waits, within bounds, until jobs can be queued.

    `clock` gives seconds since the epoch.
    """

    store: JobStore
    files: JobFiles
    upload_max_bytes: int
    deadline_seconds: float
    accepting: Callable[[], Awaitable[None]]
    clock: Callable[[], float] = time.time


def create_routes(creation: Creation) -> APIRouter:
    router = APIRouter()

    @router.post("/jobs", status_code=202, name="create a job", **CREATE)
    async def create(request: Request) -> Response:
        await creation.accepting()
        media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if media_type == "multipart/form-data":
            return await _create_from_upload(creation, request)
        if media_type == "application/json":
            return await _create_from_json(creation, request)
        raise Problem(
            415,
            "unsupported_media_type",
            "Unsupported media type",
            "Send application/json, or multipart/form-data with a `job` and a `file` part.",
        )

    return router


async def _create_from_json(creation: Creation, request: Request) -> Response:
    wanted = parse_create(await _small_body(request))
    if wanted.source.type != "sample":
        raise upload_without_file()
    now = creation.clock()
    job = _job(creation, new_id(now), wanted, {"type": "sample"}, now)
    return accepted(await creation.store.create(job))


async def _small_body(request: Request) -> bytes:
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > JOB_PART_LIMIT:
                detail = f"A create request may have at most {JOB_PART_LIMIT} bytes of JSON."
                raise Problem(413, "body_too_large", "The body is too large", detail)
    except ClientDisconnect:
        raise broken_off() from None
    return body


async def _create_from_upload(creation: Creation, request: Request) -> Response:
    limit = creation.upload_max_bytes
    if int(request.headers.get("content-length", 0)) > limit + SLACK:
        raise too_large(limit)
    job_id = new_id(creation.clock())
    target = await asyncio.to_thread(creation.files.prepare, job_id)
    try:
        job = await _receive(creation, request, job_id, target)
    except BaseException:  # also a client that went away: nothing half received stays on disk
        await asyncio.shield(asyncio.to_thread(creation.files.remove, job_id))
        raise
    return accepted(await creation.store.create(job))


async def _receive(creation: Creation, request: Request, job_id: str, target: Path) -> Job:
    upload = await receive_upload(request, target, limit=creation.upload_max_bytes)
    if not upload.job_text:
        raise invalid([("job", "the multipart body needs a `job` part with the JSON request")])
    wanted = parse_create(upload.job_text)
    if wanted.source.type != "upload":
        raise invalid([("source.type", "must be `upload` where a file is sent")])
    source = {"type": "upload", "filename": upload.filename, "bytes": upload.bytes}
    return _job(creation, job_id, wanted, source, creation.clock())


def _job(creation: Creation, job_id: str, wanted: CreateRequest, source: Json, now: float) -> Job:
    try:
        spec = parse_spec(wanted.kind, wanted.spec)
    except SpecError as error:
        raise invalid([(f"spec.{at}".rstrip("."), text) for at, text in error.problems]) from None
    planned = planned_files(wanted.kind, spec)
    return Job(
        id=job_id,
        owner=DEFAULT_OWNER,
        kind=wanted.kind,
        source=source,
        spec=spec.model_dump(mode="json"),
        metadata=wanted.metadata,
        outputs=tuple(Output(name=file.name, content_type=file.content_type) for file in planned),
        created_at=now,
        updated_at=now,
        deadline_at=now + (wanted.deadline_seconds or creation.deadline_seconds),
    )


def accepted(document: Document) -> Response:
    """202: where the job is, and what it is now."""
    answer = Answer(document=document)
    headers = {**poll_headers(document, answer), "Location": path(document.id)}
    del headers["Cache-Status"], headers["Age"]  # nothing was asked of a cache
    return Response(document.body, 202, headers, media_type="application/json")
