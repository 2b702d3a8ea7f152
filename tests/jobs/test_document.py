"""The document: what clients see, rendered in one place."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from example_jobs import READY, a_job
from jobs import Failure, Progress, Status, render, retry_after, timestamp

FIELDS = {
    *("id", "version", "status", "done", "kind", "progress", "created_at", "started_at"),
    *("updated_at", "finished_at", "source", "spec", "outputs", "error", "attempt", "links"),
    *("metadata", "schema", "deadline_at", "retry_of"),
}


@pytest.mark.parametrize("status", list(Status))
def test_every_field_is_there_in_every_state(status: Status) -> None:
    document = render(replace(a_job(), status=status))

    assert set(json.loads(document.body)) == FIELDS
    assert json.loads(document.body)["done"] == document.done


def test_equal_jobs_give_equal_bytes_and_the_etag_names_the_version() -> None:
    job = replace(a_job(), version=17)

    assert render(job).body == render(replace(job)).body
    assert render(job).etag == '"17.1"'


def test_a_ready_output_is_linked_relative_to_the_host_and_a_pending_one_is_not() -> None:
    job = a_job()

    pending = json.loads(render(job).body)["outputs"][0]
    ready = json.loads(render(replace(job, outputs=(READY,))).body)["outputs"][0]

    assert pending == {
        "name": "thumbnail.jpg",
        "status": "pending",
        "content_type": "image/jpeg",
    }
    assert ready["href"] == f"/api/v2/jobs/{job.id}/outputs/thumbnail.jpg"
    assert "file" not in ready


def test_media_appears_within_the_source_and_errors_with_code_and_message() -> None:
    job = replace(a_job(), media={"width": 640}, error=Failure(code="c", message="m"))

    content = json.loads(render(job).body)

    assert content["source"] == {"type": "sample", "media": {"width": 640}}
    assert content["error"] == {"code": "c", "message": "m"}


def test_a_deleted_job_has_no_body() -> None:
    document = render(replace(a_job(), status=Status.FAILED, deleted=True))

    assert (document.gone, document.body) == (True, b"")


@given(st.sampled_from(Status), st.floats(0, 100), st.floats(0, 1e6))
def test_clients_are_told_to_wait_between_1_and_5_seconds_until_done(
    status: Status, percent: float, elapsed: float
) -> None:
    job = replace(
        a_job(now=0.0),
        status=status,
        started_at=0.0,
        updated_at=elapsed,
        progress=Progress(percent=percent),
    )

    assert retry_after(job) == 0 if job.done else 1 <= retry_after(job) <= 5


def test_a_job_that_is_being_canceled_is_asked_about_soon() -> None:
    job = replace(
        a_job(now=0.0),
        status=Status.CANCELING,
        started_at=0.0,
        updated_at=600.0,
        progress=Progress(percent=50.0),
    )

    assert retry_after(job) == 1
    assert retry_after(replace(job, status=Status.RUNNING)) == 5


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (1795376882.1239, "2026-11-22T19:48:02.123Z"),
        (None, None),
    ],
)
def test_times_are_rfc_3339_with_milliseconds(seconds: float | None, text: str | None) -> None:
    assert timestamp(seconds) == text
