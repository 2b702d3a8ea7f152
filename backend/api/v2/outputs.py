"""GET|HEAD /jobs/{id}/outputs/{name}: the files a job made, with ranges and a strong ETag."""

import asyncio
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Message, Receive, Scope, Send

from api.problems import Problem, check_form, problem_response
from api.v2.openapi import OUTPUT
from api.v2.poll import matches
from jobs import DEFAULT_OWNER, Job, JobFiles, JobStore, Output

_PATH: Final = "/jobs/{job_id}/outputs/{name}"


def output_routes(store: JobStore, files: JobFiles) -> APIRouter:
    router = APIRouter()

    @router.head(_PATH, name="describe an output", operation_id="head_output", **OUTPUT)
    @router.get(_PATH, name="download an output", operation_id="get_output", **OUTPUT)
    async def download(request: Request, job_id: str, name: str) -> Response:
        check_form(job_id)
        job = await store.get(job_id, owner=DEFAULT_OWNER)
        output = _ready(job, name)
        headers = _headers(output)
        if matches(request.headers.get("if-none-match", ""), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        place = files.output(job.id, output)
        if not await asyncio.to_thread(place.is_file):
            raise Problem(404, "output_missing", "The file is gone", "The file is not on disk.")
        return RangedFile(place, headers=headers, media_type=output.content_type)

    return router


def _ready(job: Job, name: str) -> Output:
    output = job.output(name)
    if output is None:
        raise Problem(404, "output_not_found", "No such output", "The job makes no such file.")
    if not output.ready:
        detail = "The file is not finished." if not job.done else "The file was never finished."
        raise Problem(404, "output_not_ready", "Not ready", detail)
    return output


def _headers(output: Output) -> dict[str, str]:
    return {
        "ETag": f'"{output.sha256}"',
        "Cache-Control": "private, max-age=3600, immutable",
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; media-src 'self'; sandbox",
    }


class RangedFile(FileResponse):
    """Starlette's file answer, by RFC 9110: a Range it cannot read is ignored (14.2), and one that
    lies outside the file is a problem document (416)."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused: dict[bytes, bytes] | None = None
        status = 200

        async def send_unless_refused(message: Message) -> None:
            nonlocal refused, status
            if message["type"] == "http.response.start" and message["status"] in (400, 416):
                refused, status = dict(message["headers"]), message["status"]
            if refused is None:
                await send(message)

        await super().__call__(scope, receive, send_unless_refused)
        if refused is None:
            return
        if status == 416:
            await _outside(refused[b"content-range"])(scope, receive, send)
        else:
            await super().__call__(_without_range(scope), receive, send)


def _without_range(scope: Scope) -> Scope:
    headers = [(name, value) for name, value in scope["headers"] if name != b"range"]
    return {**scope, "headers": headers}


def _outside(content_range: bytes) -> Response:
    detail = "The range lies outside the file; Content-Range tells its size."
    response = problem_response(Problem(416, "bad_range", "Bad range", detail))
    response.headers["Content-Range"] = content_range.decode("latin-1")
    return response
