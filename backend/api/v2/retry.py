"""POST /jobs/{id}/retry: the same once more, as a new job."""

import asyncio
from dataclasses import replace

from fastapi import APIRouter
from starlette.responses import Response

from api.problems import Problem, check_form
from api.v2.create import Creation, accepted
from api.v2.openapi import RETRY
from jobs import DEFAULT_OWNER, Job, JobFiles, new_id


def retry_routes(creation: Creation) -> APIRouter:
    router = APIRouter()

    @router.post("/jobs/{job_id}/retry", status_code=202, name="retry a job", **RETRY)
    async def retry(job_id: str) -> Response:
        await creation.accepting()
        return await _retry(creation, job_id)

    return router


async def _retry(creation: Creation, job_id: str) -> Response:
    check_form(job_id)
    origin = await creation.store.get(job_id, owner=DEFAULT_OWNER)
    if not origin.done:
        raise Problem(409, "not_done", "The job is not done", "Only a finished job can be retried.")
    now = creation.clock()
    job = _again(origin, now)
    await _take_source(creation.files, origin, job)
    return accepted(await creation.store.create(job))


def _again(origin: Job, now: float) -> Job:
    """A new job that does the same once more, with as much time as the first had."""
    return Job(
        id=new_id(now),
        owner=origin.owner,
        kind=origin.kind,
        source=origin.source,
        spec=origin.spec,
        metadata=origin.metadata,
        outputs=tuple(
            replace(output, file=None, bytes=None, sha256=None) for output in origin.outputs
        ),
        created_at=now,
        updated_at=now,
        deadline_at=now + origin.deadline_at - origin.created_at,
        retry_of=origin.id,
    )


async def _take_source(files: JobFiles, origin: Job, job: Job) -> None:
    if origin.source["type"] != "upload":
        return
    if not await asyncio.to_thread(files.share_source, origin.id, job.id):
        raise Problem(409, "source_gone", "The source is gone", "The upload is no longer there.")
