"""GET /api/v2/jobs/batch: many polls in one. Ready bytes put together; none is parsed.

A plain Starlette route like the poll, its OpenAPI written by hand in `openapi.py`.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.problems import invalid
from api.v2.poll import retry_after
from api.v2.schemas import BATCH_LIMIT
from jobs import DEFAULT_OWNER, Answer, Document, JobStore, is_job_id

_SEEN: Final = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, kw_only=True)
class Sorted:
    """The jobs asked for, in the order of the request, each in one of four lists."""

    data: list[Document] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def batch_route(store: JobStore) -> Route:
    async def batch(request: Request) -> Response:
        wanted = parse_ids(request.query_params.getlist("ids"))
        answers = await store.statuses(wanted, owner=DEFAULT_OWNER)
        body = batch_body(sort(wanted, answers))
        headers = batch_headers([*answers.values()])
        return Response(body, 200, headers, media_type="application/json")

    return Route("/api/v2/jobs/batch", batch, methods=["GET"], name="batch")


def parse_ids(texts: Sequence[str]) -> dict[str, int]:
    """The ids asked for, and the version of each that the client has, 0 for none. Pure.

    An id that comes twice counts with the higher version. Raises Problem 422.
    """
    items = ",".join(texts).split(",") if any(texts) else []
    if not items:
        raise invalid([("ids", "name the jobs: ids=job_...,job_...@7 (@7: the version you have)")])
    if len(items) > BATCH_LIMIT:
        raise invalid(
            [("ids", f"at most {BATCH_LIMIT} at a time, these are {len(items)}: split them")]
        )
    wanted: dict[str, int] = {}
    bad: list[tuple[str, str]] = []
    for place, item in enumerate(items):
        job_id, at, version = item.partition("@")
        if is_job_id(job_id) and (not at or _SEEN.fullmatch(version)):
            wanted[job_id] = max(wanted.get(job_id, 0), int(version or 0))
        else:
            bad.append((f"ids.{place}", "must be a job's id, with or without @ and a version"))
    if bad:
        raise invalid(bad)
    return wanted


def sort(wanted: Mapping[str, int], answers: Mapping[str, Answer]) -> Sorted:
    """Who is where. A version that is not the one the client has is told, older or newer. Pure."""
    found = Sorted()
    for job_id, seen in wanted.items():
        document = answers[job_id].document
        if document is None:
            found.missing.append(job_id)
        elif document.gone:
            found.gone.append(job_id)
        elif document.version == seen:
            found.unchanged.append(job_id)
        else:
            found.data.append(document)
    return found


def batch_body(found: Sorted) -> bytes:
    """The ready documents put together. Pure."""
    documents = b",".join(document.body for document in found.data)
    names = {"missing": found.missing, "gone": found.gone, "unchanged": found.unchanged}
    rest = json.dumps(names, separators=(",", ":")).encode()
    return b'{"data":[' + documents + b"]," + rest[1:]


def batch_headers(answers: Sequence[Answer]) -> dict[str, str]:
    """The oldest part's age; and when the first of those that still move may have moved. Pure."""
    headers = {
        "Cache-Control": "private, no-cache",
        "Cache-Status": batch_status(answers),
        "Age": str(int(max(answer.age for answer in answers))),
    }
    waits = [
        retry_after(answer.document, stale=answer.stale)
        for answer in answers
        if answer.document is not None and not answer.document.done
    ]
    if waits:
        headers["Retry-After"] = str(min(waits))
    return headers


def batch_status(answers: Sequence[Answer]) -> str:
    """How the answers came to be, in RFC 9211 words; the detail counts who gave them. Pure."""
    tiers = Counter(answer.detail for answer in answers)
    detail = " ".join(f"{tier}={count}" for tier, count in tiers.most_common())
    return f'tally; {_outcome(answers)}; detail="{detail}"'


def _outcome(answers: Sequence[Answer]) -> str:
    """`partial`: part of it was remembered, the rest was asked of the database."""
    if all(answer.hit for answer in answers):
        ttls = [answer.ttl for answer in answers if answer.ttl is not None]
        return f"hit; ttl={int(min(ttls))}" if ttls else "hit"
    if any(answer.stale for answer in answers):
        return "fwd=stale; fwd-status=503"
    if any(answer.hit for answer in answers):
        return "fwd=partial"
    reasons = {answer.forward for answer in answers}
    return f"fwd={reasons.pop()}" if len(reasons) == 1 else "fwd=miss"
