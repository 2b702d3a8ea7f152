"""The law of a job's life. Pure: `step(job, event, now)` gives the next value or refuses.

Rule 1: every way a job may change is a row of `LEGAL`, here and nowhere else. What the table does
not allow raises `IllegalStep`, and nothing changes.
Rule 2: a worker's event carries the fencing token of its claim; an older token raises `FenceLost`.
Rule 3: each step raises `version` by one. Final states are absorbing (`Deleted` keeps them).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from jobs.errors import FenceLost, IllegalStep
from jobs.events import (
    CancelRequested,
    Claimed,
    DeadlinePassed,
    Deleted,
    Event,
    Failed,
    Fenced,
    Finished,
    Lost,
    OutputReady,
    Progressed,
    Released,
    Stopped,
)
from jobs.job import Failure, Job, Progress, Status

MAX_ATTEMPTS: Final = 3
"""How often a job may be begun when its workers die under it: a poisonous job must end too."""


_S = Status
LEGAL: Final[Mapping[tuple[Status, type[Any]], tuple[Status, ...]]] = {
    (_S.QUEUED, Claimed): (_S.RUNNING,),
    (_S.QUEUED, CancelRequested): (_S.CANCELED,),
    (_S.QUEUED, DeadlinePassed): (_S.EXPIRED,),
    (_S.RUNNING, Progressed): (_S.RUNNING,),
    (_S.RUNNING, OutputReady): (_S.RUNNING,),
    (_S.RUNNING, Finished): (_S.SUCCEEDED,),
    (_S.RUNNING, Failed): (_S.FAILED,),
    (_S.RUNNING, Released): (_S.QUEUED,),
    (_S.RUNNING, Lost): (_S.QUEUED, _S.FAILED),
    (_S.RUNNING, CancelRequested): (_S.CANCELING,),
    (_S.RUNNING, DeadlinePassed): (_S.FAILED,),
    (_S.CANCELING, Stopped): (_S.CANCELED,),
    (_S.CANCELING, Finished): (_S.SUCCEEDED,),
    (_S.CANCELING, Failed): (_S.CANCELED,),
    (_S.CANCELING, Released): (_S.CANCELED,),
    (_S.CANCELING, Lost): (_S.CANCELED,),
    (_S.CANCELING, DeadlinePassed): (_S.CANCELED,),
    (_S.SUCCEEDED, Deleted): (_S.SUCCEEDED,),
    (_S.FAILED, Deleted): (_S.FAILED,),
    (_S.CANCELED, Deleted): (_S.CANCELED,),
    (_S.EXPIRED, Deleted): (_S.EXPIRED,),
}
"""(state, event) -> the states it may lead to. Two only where the attempts decide (`Lost`)."""

WORKER_LOST: Final = Failure(
    code="worker_lost",
    message=f"The workers doing this job died {MAX_ATTEMPTS} times. Retry it; if it happens again, "
    "the file may be exhausting their memory.",
)
DEADLINE_EXCEEDED: Final = Failure(
    code="deadline_exceeded",
    message="The job was not finished before its deadline. Retry it with a later deadline_seconds.",
)


def step(job: Job, event: Event, now: float) -> Job:
    """The job after the event, one version higher. Promises to change nothing else.

    Raises FenceLost for a worker that no longer holds the job, IllegalStep for anything the table
    does not allow (also on a deleted job).
    """
    targets = LEGAL.get((job.status, type(event)))
    if isinstance(event, Fenced) and event.fence != job.fence:
        raise FenceLost
    if targets is None or job.deleted:
        state = "deleted" if job.deleted else job.status
        raise IllegalStep(f"A job that is {state} cannot become {type(event).__name__.lower()}.")
    target = _after_loss(job) if len(targets) > 1 else targets[0]
    after = _EFFECTS.get(type(event), _nothing)(job, event, now)
    return _arrive(replace(after, version=job.version + 1, updated_at=now), job.status, target, now)


def _after_loss(job: Job) -> Status:
    return Status.QUEUED if job.attempt < MAX_ATTEMPTS else Status.FAILED


def _arrive(job: Job, origin: Status, target: Status, now: float) -> Job:
    """What entering a state means whatever the way in."""
    job = replace(job, status=target)
    if target is Status.QUEUED:
        return replace(job, worker=None, progress=Progress())
    if target is Status.FAILED and job.error is None:
        job = replace(job, error=WORKER_LOST)
    if job.done and origin is not target:
        return replace(job, worker=None, finished_at=now)
    return job


def _nothing(job: Job, event: Any, now: float) -> Job:
    return job


def _claimed(job: Job, event: Claimed, now: float) -> Job:
    return replace(
        job,
        worker=event.worker,
        fence=job.fence + 1,
        attempt=job.attempt + 1,
        started_at=job.started_at or now,
        progress=Progress(phase="probe"),
    )


def _progressed(job: Job, event: Progressed, now: float) -> Job:
    percent = min(max(job.progress.percent, event.percent), 99.9)
    progress = Progress(percent=round(percent, 1), phase=event.phase)
    return replace(job, progress=progress, media=event.media or job.media)


def _output_ready(job: Job, event: OutputReady, now: float) -> Job:
    ready = {output.name: output for output in event.outputs}
    return replace(job, outputs=tuple(ready.get(output.name, output) for output in job.outputs))


def _finished(job: Job, event: Finished, now: float) -> Job:
    return replace(job, progress=Progress(percent=100.0, phase="done"))


def _failed(job: Job, event: Failed, now: float) -> Job:
    return job if job.status is Status.CANCELING else replace(job, error=event.failure)


def _released(job: Job, event: Released, now: float) -> Job:
    return replace(job, attempt=job.attempt - 1)


def _deadline_passed(job: Job, event: DeadlinePassed, now: float) -> Job:
    return replace(job, error=DEADLINE_EXCEEDED) if job.status is Status.RUNNING else job


def _deleted(job: Job, event: Deleted, now: float) -> Job:
    return replace(job, deleted=True)


_EFFECTS: Final[Mapping[type[Any], Callable[[Job, Any, float], Job]]] = {
    Claimed: _claimed,
    Progressed: _progressed,
    OutputReady: _output_ready,
    Finished: _finished,
    Failed: _failed,
    Released: _released,
    DeadlinePassed: _deadline_passed,
    Deleted: _deleted,
}
