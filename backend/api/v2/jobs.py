"""The other verbs on jobs: list, cancel, delete."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.problems import Problem, check_form
from api.v2.openapi import CANCEL, DELETE, LIST
from api.v2.schemas import ListQuery
from jobs import (
    DEFAULT_OWNER,
    CancelRequested,
    Deleted,
    Document,
    IllegalStep,
    JobFiles,
    JobGone,
    JobStore,
    Page,
    PageQuery,
    Status,
    render,
)


def job_routes(
    store: JobStore, files: JobFiles, clock: Callable[[], float] = time.time
) -> APIRouter:
    router = APIRouter()

    @router.get("/jobs", name="list jobs", **LIST)
    async def page(query: Annotated[ListQuery, Query()]) -> Response:
        found = await store.page(
            PageQuery(
                owner=DEFAULT_OWNER,
                status=query.status,
                kind=query.kind,
                limit=query.limit,
                cursor=query.cursor,
            )
        )
        headers = {"Cache-Control": "private, no-cache"}
        return Response(page_body(found), headers=headers, media_type="application/json")

    @router.post("/jobs/{job_id}/cancel", name="cancel a job", **CANCEL)
    async def cancel(job_id: str) -> Response:
        check_form(job_id)
        try:
            change = await store.advance(
                job_id, CancelRequested(), now=clock(), owner=DEFAULT_OWNER
            )
        except IllegalStep:
            return await _not_cancelable(store, job_id)
        return _document(202 if change.job.status is Status.CANCELING else 200, change.document)

    @router.delete("/jobs/{job_id}", status_code=204, name="delete a job", **DELETE)
    async def delete(job_id: str) -> Response:
        check_form(job_id)
        try:
            await store.advance(job_id, Deleted(), now=clock(), owner=DEFAULT_OWNER)
        except IllegalStep:
            detail = "Only a finished job can be deleted; cancel it first."
            raise Problem(409, "not_done", "The job is not done", detail) from None
        except JobGone:
            await asyncio.to_thread(files.remove, job_id)  # what a crash may have left
            raise
        await asyncio.to_thread(files.remove, job_id)
        return Response(status_code=204)

    return router


def page_body(page: Page) -> bytes:
    """The ready documents put together; none is parsed or rendered again."""
    cursor = json.dumps(page.next_cursor).encode()
    documents = b",".join(document.body for document in page.documents)
    return b'{"data":[' + documents + b'],"next_cursor":' + cursor + b"}"


async def _not_cancelable(store: JobStore, job_id: str) -> Response:
    job = await store.get(job_id, owner=DEFAULT_OWNER)
    if job.status is Status.CANCELING:
        return _document(202, render(job))
    if job.status is Status.CANCELED:
        return _document(200, render(job))
    detail = f"The job has already {job.status}."
    raise Problem(409, "already_finished", "The job is finished", detail)


def _document(status: int, document: Document) -> Response:
    headers = {"ETag": document.etag, "Cache-Control": "private, no-cache"}
    if not document.done:
        headers["Retry-After"] = str(document.retry_after)
    return Response(document.body, status, headers, media_type="application/json")
