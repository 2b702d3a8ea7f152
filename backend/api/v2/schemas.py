"""What requests must look like and what documents do look like. Pure.

Requests are parsed with these models; answers are ready bytes, so their models only serve OpenAPI,
and `tests/api/` checks that real answers fit them.
"""

import json
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from api.problems import Problem, invalid
from jobs import Json, Status
from video import KINDS

METADATA_LIMIT: Final = 4096
"""Metadata travels in every document, so it stays small: bytes of JSON."""
BATCH_LIMIT: Final = 100
"""Ids in one batch: their documents together have about 200 KB."""

Kind = Literal["probe", "thumbnail", "contact_sheet", "transcode", "trim", "preview", "hls"]


class SourceRequest(BaseModel):
    """Where the video comes from: `sample` (a clip Tally generates) or `upload` (the file part)."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["sample", "upload"]


class CreateRequest(BaseModel):
    """What to do with which video."""

    model_config = ConfigDict(extra="forbid")
    kind: Kind
    source: SourceRequest
    spec: dict[str, Any] = Field(default_factory=dict)
    metadata: dict[str, Any] = Field(default_factory=dict)
    deadline_seconds: float | None = Field(None, ge=1, le=7 * 86400)

    @field_validator("metadata")
    @classmethod
    def _fit(cls, value: Json) -> Json:
        try:
            size = len(json.dumps(value, allow_nan=False, ensure_ascii=False).encode())
        except (ValueError, RecursionError):  # UnicodeEncodeError is a ValueError, too
            raise ValueError(
                "metadata must be JSON without NaN, Infinity or half characters"
            ) from None
        if size > METADATA_LIMIT:
            raise ValueError(f"metadata may have at most {METADATA_LIMIT} bytes of JSON")
        return value


class ListQuery(BaseModel):
    """Filters of the list; unknown ones are refused, since ignoring a filter answers wrongly."""

    model_config = ConfigDict(extra="forbid")
    status: Status | None = None
    kind: Kind | None = None
    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = Field(None, max_length=512)


def parse_create(text: bytes) -> CreateRequest:
    """The request in the JSON text. Raises Problem 422 naming each bad field."""
    try:
        return CreateRequest.model_validate_json(text)
    except ValidationError as error:
        raise invalid(
            [(".".join(map(str, each["loc"])), each["msg"]) for each in error.errors()]
        ) from None


class ProgressDocument(BaseModel):
    percent: float = Field(ge=0, le=100)
    phase: str


class OutputDocument(BaseModel):
    """A file the job makes; `bytes`, `sha256` and `href` are there once it is `ready`."""

    name: str
    status: Literal["pending", "ready"]
    content_type: str
    bytes: int | None = None
    sha256: str | None = None
    href: str | None = None


class ErrorDocument(BaseModel):
    code: str
    message: str


class JobDocument(BaseModel):
    """A job's status. Wait for `done`: new states may be added, `done` never lies."""

    id: str = Field(pattern=r"^job_[0-9A-HJKMNP-TV-Z]{26}$")
    schema_: int = Field(alias="schema")
    version: int = Field(ge=1, description="Rises with every change.")
    status: Status
    done: bool
    kind: Kind
    progress: ProgressDocument
    created_at: str
    started_at: str | None
    updated_at: str
    finished_at: str | None
    deadline_at: str
    source: dict[str, Any]
    spec: dict[str, Any]
    outputs: list[OutputDocument]
    error: ErrorDocument | None
    attempt: int
    retry_of: str | None
    metadata: dict[str, Any]
    links: dict[str, str]


class PageDocument(BaseModel):
    """Newest first; `next_cursor` is null only on the last page."""

    data: list[JobDocument]
    next_cursor: str | None


class BatchDocument(BaseModel):
    """Each job asked for is in one of the lists, in the order of the request."""

    data: list[JobDocument]
    missing: list[str] = Field(description="There is no such job.")
    gone: list[str] = Field(description="The job has been deleted.")
    unchanged: list[str] = Field(description="The version is the one that you have.")


class FieldProblem(BaseModel):
    field: str
    message: str


class ProblemDocument(BaseModel):
    """RFC 9457; `code` is stable, `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] | None = None


class CacheStatsDocument(BaseModel):
    """The numbers of the whole service, of all its processes; see backend/cache/README.md."""

    cache_enabled: bool
    statistics: dict[str, Any]


def create_schema(source: Literal["sample", "upload"]) -> dict[str, Any]:
    """JSON Schema of a create request: one alternative per kind, each with its own spec."""
    return {"oneOf": [_create_schema_of(kind, spec, source) for kind, spec in KINDS.items()]}


def _create_schema_of(kind: str, spec: type[BaseModel], source: str) -> dict[str, Any]:
    schema = CreateRequest.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    properties = {
        **schema["properties"],
        "kind": {"const": kind, "type": "string"},
        "source": {
            "type": "object",
            "properties": {"type": {"const": source, "type": "string"}},
            "required": ["type"],
            "additionalProperties": False,
        },
        "spec": spec.model_json_schema(ref_template="#/components/schemas/{model}"),
    }
    properties["spec"].pop("$defs", None)
    required = ["kind", "source", *(["spec"] if properties["spec"].get("required") else [])]
    return {**schema, "title": f"Create {kind}", "properties": properties, "required": required}


def upload_without_file() -> Problem:
    return invalid(
        [("source.type", "an upload needs multipart/form-data: a `job` and a `file` part")]
    )
