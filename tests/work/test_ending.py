"""How work that is over is told of."""

import asyncio
import errno

import pytest

from example_jobs import a_job
from jobs import (
    Event,
    Failed,
    FenceLost,
    Finished,
    IllegalStep,
    JobGone,
    Released,
    Stopped,
    StoreUnavailable,
)
from video import Code, VideoError
from work.ending import ending_of
from work.holdings import Reason
from work.making import SourceMissing


async def ended(result: BaseException | None, reason: Reason | None = None) -> Event | None:
    async def work() -> None:
        if result:
            raise result

    task = asyncio.create_task(work())
    await asyncio.wait({task})
    return ending_of(a_job(), task, reason)


def cut() -> BaseException:
    return asyncio.CancelledError()


async def test_work_that_was_done_is_finished_whatever_came_in_between() -> None:
    assert [await ended(None, reason) for reason in (None, *Reason)] == [Finished(fence=0)] * 4


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (Reason.CANCELED, Stopped(fence=0)),
        (Reason.LEAVING, Released(fence=0)),
        (Reason.FORSAKEN, None),
        (None, Released(fence=0)),
    ],
)
async def test_work_that_was_put_down_ends_by_the_reason(
    reason: Reason | None, expected: Event | None
) -> None:
    assert await ended(cut(), reason) == expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (FenceLost(), None),
        (IllegalStep(), Stopped(fence=0)),
        (JobGone(), Stopped(fence=0)),
        (StoreUnavailable(), Released(fence=0)),
    ],
)
async def test_a_refused_output_says_whose_the_job_is(
    error: BaseException, expected: Event | None
) -> None:
    assert await ended(error) == expected


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (VideoError(Code.INPUT_TRUNCATED), "input_truncated"),
        (SourceMissing(), "source_missing"),
        (OSError(errno.ENOSPC, "no space"), "storage_full"),
        (OSError(errno.EIO, "broken"), "internal_error"),
        (ZeroDivisionError(), "internal_error"),
    ],
)
async def test_what_went_wrong_has_a_code_and_a_sentence(error: BaseException, code: str) -> None:
    event = await ended(error)

    assert isinstance(event, Failed)
    assert event.failure.code == code
    assert event.failure.message.endswith(".")


async def test_an_unexpected_error_leaves_its_traceback_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    await ended(ZeroDivisionError("the reason"))

    assert "the reason" in caplog.text


async def test_a_child_that_was_killed_while_leaving_is_no_failure() -> None:
    assert await ended(VideoError(Code.MEMORY_LIMIT), Reason.LEAVING) == Released(fence=0)
