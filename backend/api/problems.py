"""Errors as clients see them: RFC 9457 problem documents, each with a `code` for programs.

The one place that knows which error is which status. The codes are listed in docs/errors.md.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.measure import route_of
from jobs import (
    BadCursor,
    ConcurrentChange,
    IllegalStep,
    JobGone,
    JobNotFound,
    JobsError,
    StoreUnavailable,
    is_job_id,
)

MEDIA_TYPE: Final = "application/problem+json"

_JOBS_ERRORS: Final[dict[type[JobsError], tuple[int, str, str]]] = {
    JobGone: (410, "gone", "The job has been deleted"),
    JobNotFound: (404, "not_found", "No such job"),
    IllegalStep: (409, "illegal_state", "The job's state does not allow that"),
    BadCursor: (400, "bad_cursor", "Bad cursor"),
    ConcurrentChange: (503, "busy", "The job is changing too fast"),
    StoreUnavailable: (503, "store_unavailable", "The database does not answer"),
    JobsError: (500, "internal_error", "Something went wrong"),
}
_BY_STATUS: Final = {404: "not_found", 405: "method_not_allowed"}
RETRY_SECONDS: Final = 5
"""What a client is asked to wait at least while the database is away: longer than usual, so that it
comes back to a smaller crowd."""


class Problem(Exception):
    """Ends a request with a problem document. `errors` are (field, message) pairs."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str,
        *,
        errors: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.title, self.detail = status, code, title, detail
        self.errors = errors


def problem_response(problem: Problem) -> Response:
    """The problem as an answer; a 503 says when to come back."""
    content: dict[str, Any] = {
        "type": f"urn:tally:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
    }
    if problem.errors:
        content["errors"] = [{"field": field, "message": text} for field, text in problem.errors]
    headers = {"Cache-Control": "no-store"}
    if problem.status == 503:
        headers["Retry-After"] = str(RETRY_SECONDS)
    body = json.dumps(content, ensure_ascii=False).encode()
    return Response(body, problem.status, headers, media_type=MEDIA_TYPE)


def not_found() -> Problem:
    """The one 404 of a job: unknown, malformed and somebody else's all look alike."""
    return Problem(404, "not_found", "No such job", "There is no such job.")


def check_form(job_id: str) -> None:
    """Raises the 404 for what cannot be a job's id: it becomes no key, no path and no question."""
    if not is_job_id(job_id):
        raise not_found()


def gone() -> Problem:
    return Problem(410, "gone", "The job has been deleted", "This job has been deleted.")


def answer_problems(app: FastAPI) -> None:
    """Make every error of the app a problem document."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(JobsError, _on_jobs_error)
    app.add_exception_handler(RequestValidationError, _on_bad_request)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_fault)  # still raised after, so that it is logged


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return problem_response(error)


async def _on_jobs_error(request: Request, error: Exception) -> Response:
    kind = next(kind for kind in type(error).__mro__ if kind in _JOBS_ERRORS)
    status, code, title = _JOBS_ERRORS[kind]
    return problem_response(Problem(status, code, title, str(error)))


async def _on_fault(request: Request, error: Exception) -> Response:
    return problem_response(Problem(500, "internal_error", "A fault of ours", "It is in the log."))


async def _on_bad_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [(_field(each["loc"]), str(each["msg"])) for each in error.errors()]
    return problem_response(invalid(errors))


def invalid(errors: Sequence[tuple[str, str]]) -> Problem:
    """A request that is understood but asks for something impossible."""
    first = ": ".join(part for part in errors[0] if part) if errors else "see errors"
    detail = first if len(errors) == 1 else f"{first} (and {len(errors) - 1} more)"
    return Problem(422, "invalid_request", "The request is not valid", detail, errors=errors)


def _field(location: Sequence[Any]) -> str:
    return ".".join(str(part) for part in location if part not in ("body", "query", "path"))


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _BY_STATUS.get(error.status_code, "http_error")
    response = problem_response(
        Problem(error.status_code, code, str(error.detail), str(error.detail))
    )
    response.headers.update(error.headers or {})
    if error.status_code == 405:
        response.headers["Allow"] = _allowed(request)
    return response


def _allowed(request: Request) -> str:
    """Every method of the path. Starlette names those of the first route that fits, only."""
    methods = request.app.openapi()["paths"].get(route_of(request.scope), {})
    names = {method.upper() for method in methods}
    return ", ".join(sorted(names | ({"HEAD"} if names == {"GET"} else set()))) or "GET, HEAD"
