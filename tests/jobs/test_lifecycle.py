"""The law of a job's life, by property: any events in any order."""

from dataclasses import fields, replace
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from example_jobs import READY, a_job
from jobs import (
    FINAL,
    LEGAL,
    MAX_ATTEMPTS,
    CancelRequested,
    Claimed,
    DeadlinePassed,
    Deleted,
    Event,
    Failed,
    Failure,
    FenceLost,
    Finished,
    IllegalStep,
    Job,
    Lost,
    OutputReady,
    Progressed,
    Released,
    Status,
    Stopped,
    step,
)

FENCE = st.integers(0, 6)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(Claimed, worker=st.sampled_from(["a", "b"])),
    st.builds(
        Progressed,
        fence=FENCE,
        percent=st.floats(0, 100, allow_nan=False),
        phase=st.sampled_from(["probe", "encode"]),
    ),
    st.builds(OutputReady, fence=FENCE, outputs=st.just((READY,))),
    st.builds(Finished, fence=FENCE),
    st.builds(Failed, fence=FENCE, failure=st.just(Failure(code="x", message="x"))),
    st.builds(Stopped, fence=FENCE),
    st.builds(Released, fence=FENCE),
    st.builds(Lost, fence=FENCE),
    st.just(CancelRequested()),
    st.just(DeadlinePassed()),
    st.just(Deleted()),
)
KINDS_OF_EVENT = sorted({event for _, event in LEGAL}, key=lambda event: event.__name__)


def live(job: Job, events: list[Event]) -> list[Job]:
    """The job after each event that was legal; refused ones leave it as it was."""
    lives = [job]
    for now, event in enumerate(events, start=1):
        try:
            lives.append(step(lives[-1], event, float(now)))
        except IllegalStep:
            continue
    return lives


@given(st.lists(EVENTS, max_size=40))
def test_versions_rise_by_one_and_final_states_absorb(events: list[Event]) -> None:
    lives = live(a_job(now=0.0), events)

    assert [job.version for job in lives] == list(range(1, len(lives) + 1))
    for before, after in pairwise(lives):
        assert not before.deleted
        if before.done:
            assert after == replace(
                before, deleted=True, version=before.version + 1, updated_at=after.updated_at
            )


@given(st.lists(EVENTS, max_size=40))
def test_within_an_attempt_progress_never_falls_and_100_means_succeeded(
    events: list[Event],
) -> None:
    for before, after in pairwise(live(a_job(now=0.0), events)):
        if before.fence == after.fence and after.status is not Status.QUEUED:
            assert after.progress.percent >= before.progress.percent
        if after.progress.percent == 100:
            assert after.status is Status.SUCCEEDED


@given(st.lists(EVENTS, max_size=40))
def test_only_running_and_canceling_jobs_have_a_worker(events: list[Event]) -> None:
    for job in live(a_job(now=0.0), events):
        held = job.status in (Status.RUNNING, Status.CANCELING)
        assert (job.worker is not None) == held
        assert (job.finished_at is not None) == job.done
        assert (job.error is not None) == (job.status is Status.FAILED)


@pytest.mark.parametrize(("status", "kind"), list(product(Status, KINDS_OF_EVENT)))
def test_what_the_table_does_not_allow_is_refused(status: Status, kind: type[Any]) -> None:
    known: dict[str, Any] = {
        "fence": 0,
        "worker": "w",
        "percent": 1.0,
        "phase": "p",
        "media": None,
        "outputs": (),
        "failure": Failure(code="x", message="x"),
    }
    event = kind(**{each.name: known[each.name] for each in fields(kind)})
    job = replace(a_job(), status=status)

    if (status, kind) in LEGAL:
        assert step(job, event, 1.0).status in LEGAL[status, kind]
    else:
        with pytest.raises(IllegalStep):
            step(job, event, 1.0)


def test_every_final_state_allows_deletion_and_nothing_else() -> None:
    after_final = {(status, kind) for status, kind in LEGAL if status in FINAL}

    assert after_final == {(status, Deleted) for status in FINAL}


def test_a_job_whose_workers_keep_dying_fails_and_says_so() -> None:
    job = a_job()
    for _ in range(MAX_ATTEMPTS):
        assert job.status is Status.QUEUED
        job = step(job, Claimed(worker="w"), 1.0)
        job = step(job, Lost(fence=job.fence), 2.0)

    assert job.status is Status.FAILED
    assert job.error is not None
    assert job.error.code == "worker_lost"


def test_a_polite_release_uses_up_no_attempt_but_fences_off() -> None:
    job = a_job()
    for _ in range(MAX_ATTEMPTS * 2):
        job = step(job, Claimed(worker="w"), 1.0)
        job = step(job, Released(fence=job.fence), 2.0)

    assert (job.status, job.attempt, job.fence) == (Status.QUEUED, 0, MAX_ATTEMPTS * 2)
    with pytest.raises(FenceLost):
        step(job, Finished(fence=1), 3.0)


def test_outputs_that_are_ready_stay_ready_through_the_loss_of_a_worker() -> None:
    job = step(a_job(), Claimed(worker="w"), 1.0)
    job = step(job, OutputReady(fence=1, outputs=(READY,)), 2.0)
    job = step(job, Lost(fence=1), 3.0)

    assert job.outputs == (READY,)
