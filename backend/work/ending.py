"""What to tell of work that is over: which event, and which words for what went wrong."""

import asyncio
import errno
import logging
from typing import Final

from jobs import (
    Event,
    Failed,
    Failure,
    FenceLost,
    Finished,
    IllegalStep,
    Job,
    JobNotFound,
    Released,
    Stopped,
    StoreUnavailable,
)
from video import Code, VideoError
from work.holdings import Reason
from work.making import SourceMissing

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_INTERNAL_ERROR: Final = Failure(
    code="internal_error",
    message="The service itself failed at this job, not the file. Retry it; if it happens again, "
    "the worker's log tells why.",
)
_SOURCE_MISSING: Final = Failure(code="source_missing", message=str(SourceMissing.__doc__))

_log = logging.getLogger("tally.work")


def ending_of(job: Job, work: "asyncio.Task[None]", reason: Reason | None) -> Event | None:
    """The event that ends this claim; None where the claim has no say any more.

    `reason` is why the work was put down, if it was; work that was done all the same is done.
    """
    error = asyncio.CancelledError() if work.cancelled() else work.exception()
    if error is None:
        return Finished(fence=job.fence)
    if isinstance(error, FenceLost) or reason is Reason.FORSAKEN:
        return None
    if isinstance(error, IllegalStep | JobNotFound) or reason is Reason.CANCELED:
        return Stopped(fence=job.fence)  # an output was refused: canceling, or this is refused too
    if isinstance(error, asyncio.CancelledError | StoreUnavailable) or reason is Reason.LEAVING:
        return Released(fence=job.fence)
    return Failed(fence=job.fence, failure=_failure(job, error))


def _failure(job: Job, error: BaseException) -> Failure:
    if isinstance(error, VideoError):
        if error.detail:
            _log.info("job %s: %s: %s", job.id, error.code, error.detail)
        return Failure(code=error.code, message=error.message)
    if isinstance(error, SourceMissing):
        return _SOURCE_MISSING
    if isinstance(error, OSError) and error.errno in _FULL:
        full = VideoError(Code.STORAGE_FULL)
        return Failure(code=full.code, message=full.message)
    _log.error("job %s: unexpected", job.id, exc_info=error)
    return _INTERNAL_ERROR
