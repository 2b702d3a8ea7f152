"""What a job is. Pure data: no clock, no database, no HTTP; the caller brings the time.

Times are seconds since the epoch (UTC, float). A change is a new value (`dataclasses.replace`),
made in one place only: `lifecycle.step`.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeAlias

Json: TypeAlias = Mapping[str, Any]
"""A JSON object, as Python sees it."""

DEFAULT_OWNER: Final = "default"
"""Every job has an owner from the first migration on; until API keys exist it is this one."""

ID_PATTERN: Final = re.compile(r"job_[0-9A-HJKMNP-TV-Z]{26}")
"""What a job id looks like: `job_` and a ULID. Nothing else ever becomes a key or a path."""

_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Status(StrEnum):
    """What is true of a job now. `docs/architecture.md` draws the steps between them."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELING = "canceling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    EXPIRED = "expired"


FINAL: Final = frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELED, Status.EXPIRED})
"""The absorbing states: nothing but deletion ever follows them."""


@dataclass(frozen=True, kw_only=True)
class Output:
    """One file a job makes. `file`, its name on disk, is set once ready; clients never see it."""

    name: str
    content_type: str
    file: str | None = None
    bytes: int | None = None
    sha256: str | None = None

    @property
    def ready(self) -> bool:
        return self.file is not None


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a job failed: a code from a closed list, and a sentence a person understands."""

    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the work is: `percent` 0-100, rising within an attempt; 100 only when succeeded."""

    percent: float = 0.0
    phase: str = "queued"


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job, whole, as committed at `version`.

    `fence` is the fencing token: it rises with every claim, and a write by a worker that carries
    an older one is refused (Kleppmann, "How to do distributed locking", 2016). `attempt` counts
    the tries that a client should know of; a worker that stops politely does not use one up.
    """

    id: str
    owner: str = DEFAULT_OWNER
    kind: str
    source: Json
    spec: Json
    metadata: Json = field(default_factory=dict)
    outputs: tuple[Output, ...] = ()
    created_at: float
    updated_at: float
    deadline_at: float
    version: int = 1
    status: Status = Status.QUEUED
    progress: Progress = Progress()
    media: Json | None = None
    error: Failure | None = None
    attempt: int = 0
    fence: int = 0
    worker: str | None = None
    retry_of: str | None = None
    started_at: float | None = None
    finished_at: float | None = None
    deleted: bool = False

    @property
    def done(self) -> bool:
        return self.status in FINAL

    def output(self, name: str) -> Output | None:
        """The output of that name, ready or not; None if this job makes no such file."""
        return next((output for output in self.outputs if output.name == name), None)


def new_id(now: float) -> str:
    """A fresh id; ids sort by creation time to the millisecond (ULID: 48 bits time, 80 random)."""
    number = (int(now * 1000) & (1 << 48) - 1) << 80 | secrets.randbits(80)
    return "job_" + "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def is_job_id(text: str) -> bool:
    """Whether the text has the one fixed form of a job id."""
    return ID_PATTERN.fullmatch(text) is not None
