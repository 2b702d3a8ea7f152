"""The poll: GET /api/v2/jobs/{id}. Ready bytes, straight from the store's answer.

A plain Starlette route: it enters no model and no dependency (17 us against 113 us), so its OpenAPI
is written by hand in `openapi.py`.
"""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.problems import RETRY_SECONDS, check_form, gone, not_found
from jobs import DEFAULT_OWNER, Answer, Document, JobStore

_VERSION: Final = re.compile(r'(?:W/)?"(\d{1,15})\.\d{1,9}"')
"""An entity tag of ours, weak or strong; the version is what the client has seen."""


Polled: TypeAlias = Callable[[str, str, bool], None]
"""Is told which job was polled, from which host, and whether that was the last poll of it: it is
done, so that this client need not come again."""


def poll_route(store: JobStore, polled: Polled) -> Route:
    async def poll(request: Request) -> Response:
        seen = ", ".join(request.headers.getlist("if-none-match"))
        document, answer = await _ask(store, request.path_params["job_id"], floor(seen))
        client = request.scope.get("client")
        polled(document.id, client[0] if client else "", document.done)
        headers = poll_headers(document, answer)
        if matches(seen, document.etag):
            return Response(status_code=304, headers=headers)
        return Response(document.body, 200, headers, media_type="application/json")

    return Route("/api/v2/jobs/{job_id}", poll, methods=["GET"], name="poll")


async def _ask(store: JobStore, job_id: str, floor: int) -> tuple[Document, Answer]:
    check_form(job_id)
    answer = await store.status(job_id, owner=DEFAULT_OWNER, floor=floor)
    if answer.document is None:
        raise not_found()
    if answer.document.gone:
        raise gone()
    return answer.document, answer


def floor(if_none_match: str) -> int:
    """The highest version among the client's entity tags: it must never see an older one. Pure."""
    return max((int(version) for version in _VERSION.findall(if_none_match)), default=0)


def matches(if_none_match: str, etag: str) -> bool:
    """Whether If-None-Match names the entity tag, compared weakly (RFC 9110, 13.1.2). Pure."""
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in tags or tags == ["*"]


def poll_headers(document: Document, answer: Answer) -> dict[str, str]:
    """The headers of a status answer, 200 and 304 alike. Pure."""
    headers = {
        "ETag": document.etag,
        "Cache-Control": "private, max-age=60" if document.done else "private, no-cache",
        "Cache-Status": cache_status(answer),
        "Age": str(int(answer.age)),
    }
    if not document.done:
        headers["Retry-After"] = str(retry_after(document, stale=answer.stale))
    return headers


def retry_after(document: Document, *, stale: bool) -> int:
    """Whole seconds until asking again pays; longer while the database is away. Pure."""
    return max(RETRY_SECONDS, 2 * document.retry_after) if stale else document.retry_after


def cache_status(answer: Answer) -> str:
    """How the answer came to be, in RFC 9211 words. Pure."""
    if answer.hit:
        ttl = f"; ttl={int(answer.ttl)}" if answer.ttl is not None else ""
        return f"tally; hit{ttl}; detail={answer.detail}"
    if answer.stale:  # a refusal to answer, from the database, and the stored answer in its place
        return f"tally; fwd=stale; fwd-status=503; detail={answer.detail}"
    stored = "; stored" if answer.stored else ""
    return f"tally; fwd={answer.forward}{stored}; detail={answer.detail}"
