"""A job as a row and back."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from example_jobs import READY, a_job
from jobs import Failure, Progress, Status, render
from jobs.sql_rows import document_of, job_of, row_of

JSON = st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers() | st.none())


@given(JSON, st.sampled_from(Status), st.booleans(), st.none() | st.text())
def test_a_row_holds_everything_of_a_job(
    metadata: dict[str, str | int | None], status: Status, deleted: bool, worker: str | None
) -> None:
    job = replace(
        a_job(),
        metadata=metadata,
        status=status,
        deleted=deleted,
        worker=worker,
        outputs=(READY,),
        progress=Progress(percent=1.5, phase="encode"),
        media={"width": 1},
        error=Failure(code="c", message="m"),
        retry_of="job_x",
        started_at=1.25,
    )

    assert job_of(row_of(job, render(job))) == job


@given(st.sampled_from(Status), st.booleans())
def test_a_row_holds_the_document_byte_for_byte(status: Status, deleted: bool) -> None:
    job = replace(a_job(), status=status, deleted=deleted)
    document = render(job)

    assert document_of(row_of(job, document)) == document
