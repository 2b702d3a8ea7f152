"""What may happen to a job. Pure data; what follows from each is the lifecycle's to say."""

from dataclasses import dataclass
from typing import TypeAlias

from jobs.job import Failure, Json, Output


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A worker takes the job. Raises the fence: whoever held it before can no longer write."""

    worker: str


@dataclass(frozen=True, kw_only=True)
class Fenced:
    """An event told by the worker that holds the job, carrying the fence of its claim."""

    fence: int


@dataclass(frozen=True, kw_only=True)
class Progressed(Fenced):
    """The work went on. `media`, once known, describes the source. Percent never goes down."""

    percent: float
    phase: str
    media: Json | None = None


@dataclass(frozen=True, kw_only=True)
class OutputReady(Fenced):
    """Files are finished and safe on disk; they will not be made again."""

    outputs: tuple[Output, ...]


@dataclass(frozen=True, kw_only=True)
class Finished(Fenced):
    """All outputs are ready."""


@dataclass(frozen=True, kw_only=True)
class Failed(Fenced):
    """The work cannot be done."""

    failure: Failure


@dataclass(frozen=True, kw_only=True)
class Stopped(Fenced):
    """The worker has ended the work of a job that is being canceled; no process is left."""


@dataclass(frozen=True, kw_only=True)
class Released(Fenced):
    """The worker stops politely and gives the job back; the attempt does not count."""


@dataclass(frozen=True, kw_only=True)
class Lost(Fenced):
    """The worker that held the job is dead (told by whoever noticed)."""


@dataclass(frozen=True, kw_only=True)
class CancelRequested:
    """Somebody no longer wants the job."""


@dataclass(frozen=True, kw_only=True)
class DeadlinePassed:
    """The job's deadline is over."""


@dataclass(frozen=True, kw_only=True)
class Deleted:
    """The owner removes a finished job; a tombstone stays so that caches learn of it."""


Event: TypeAlias = (
    Claimed
    | Progressed
    | OutputReady
    | Finished
    | Failed
    | Stopped
    | Released
    | Lost
    | CancelRequested
    | DeadlinePassed
    | Deleted
)
