"""What OpenAPI says of routes that answer with ready bytes. `tests/api/` holds it to truth."""

from typing import Any, Final

from pydantic import BaseModel

from api.v2.schemas import (
    BATCH_LIMIT,
    BatchDocument,
    JobDocument,
    PageDocument,
    ProblemDocument,
    create_schema,
)
from video import KINDS

_JOB: Final[dict[str, Any]] = {"model": JobDocument, "description": "The job as it is now"}
_REASONS: Final = {
    400: "Malformed",
    404: "No such job",
    409: "The job's state does not allow that",
    410: "The job has been deleted",
    413: "Too large",
    415: "Neither JSON nor multipart",
    416: "The range lies outside the file",
    422: "Not valid; `errors` names the fields",
    503: "The database does not answer; see Retry-After",
    507: "No room on disk",
}


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """FastAPI would file a `model` under application/json; problems have a type of their own."""
    schema = {"$ref": "#/components/schemas/ProblemDocument"}
    return {
        status: {
            "description": _REASONS[status],
            "content": {"application/problem+json": {"schema": schema}},
        }
        for status in statuses
    }


def _multipart() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["job", "file"],
        "additionalProperties": False,
        "properties": {
            "job": create_schema("upload"),
            "file": {"type": "string", "format": "binary"},
        },
    }


CREATE: Final[dict[str, Any]] = {
    "response_model": None,
    "responses": {202: _JOB, **_problems(400, 413, 415, 422, 503, 507)},
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": create_schema("sample")},
                "multipart/form-data": {"schema": _multipart()},
            },
        }
    },
}
RETRY: Final[dict[str, Any]] = {
    "response_model": None,
    "responses": {202: _JOB, **_problems(404, 409, 410, 422, 503)},
}
LIST: Final[dict[str, Any]] = {
    "response_model": None,
    "responses": {200: {"model": PageDocument}, **_problems(400, 422, 503)},
}
CANCEL: Final[dict[str, Any]] = {
    "response_model": None,
    "responses": {200: _JOB, 202: _JOB, **_problems(404, 409, 410, 422, 503)},
}
DELETE: Final[dict[str, Any]] = {
    "response_model": None,
    "responses": _problems(404, 409, 410, 422, 503),
}
OUTPUT: Final[dict[str, Any]] = {
    "response_model": None,
    "responses": {
        200: {"content": {"*/*": {}}, "description": "The file"},
        206: {"content": {"*/*": {}}, "description": "The part asked for by Range"},
        304: {"description": "Not modified"},
        **_problems(404, 410, 416, 422, 503),
    },
}
POLL: Final[dict[str, Any]] = {
    "summary": "Poll a job",
    "operationId": "poll",
    "description": "Send the ETag of your last answer as If-None-Match; wait Retry-After seconds.",
    "parameters": [
        {"name": "job_id", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}},
    ],
    "responses": {
        "200": {
            "description": "The job as it is now",
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/JobDocument"}}
            },
        },
        "304": {"description": "Nothing new"},
        **{str(status): text for status, text in _problems(404, 410, 503).items()},
    },
}
BATCH: Final[dict[str, Any]] = {
    "summary": "Poll many jobs",
    "operationId": "batch",
    "description": "With @version after an id, a job that has not changed since is only named in "
    "`unchanged`. All jobs or none: 503 if one of them cannot be answered. Wait Retry-After "
    "seconds; it is absent when all are done.",
    "parameters": [
        {
            "name": "ids",
            "in": "query",
            "required": True,
            "style": "form",
            "explode": False,
            "schema": {
                "type": "array",
                "minItems": 1,
                "maxItems": BATCH_LIMIT,
                "items": {
                    "type": "string",
                    "pattern": "^job_[0-9A-HJKMNP-TV-Z]{26}(@[0-9]{1,15})?$",
                },
            },
        },
    ],
    "responses": {
        "200": {
            "description": "The jobs as they are now",
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/BatchDocument"}}
            },
        },
        **{str(status): text for status, text in _problems(422, 503).items()},
    },
}


def complete(schema: dict[str, Any]) -> dict[str, Any]:
    """Add what FastAPI cannot know: poll and batch, the problem document, and the specs' parts."""
    schema["paths"].setdefault("/api/v2/jobs/{job_id}", {})["get"] = POLL
    schema["paths"]["/api/v2/jobs/batch"] = {"get": BATCH}
    parts = schema["components"]["schemas"]
    template = "#/components/schemas/{model}"
    models: tuple[type[BaseModel], ...] = (ProblemDocument, BatchDocument, *KINDS.values())
    for model in models:
        whole = model.model_json_schema(ref_template=template)
        parts.update(whole.pop("$defs", {}))
        parts[model.__name__] = whole
    return schema
