"""The jobs that are measured: one size, and the same bytes for Tally and its peers."""

from benchmarks.hello import BODY
from benchmarks.peers.job_table import Job
from benchmarks.seed import DOCUMENT_BYTES, begun, sized_job
from jobs import Progressed, render, step


def test_documents_have_exactly_the_size_of_the_hello_world() -> None:
    assert len(render(sized_job(1_700_000_000.0)).body) == DOCUMENT_BYTES == len(BODY)


def test_the_peers_model_gives_the_very_bytes_of_the_document() -> None:
    body = render(sized_job(1_700_000_000.0)).body

    assert Job.model_validate_json(body).model_dump_json().encode() == body


def test_a_begun_job_can_be_changed_as_a_worker_changes_it() -> None:
    job = begun(sized_job(1_700_000_000.0))

    changed = step(job, Progressed(fence=1, percent=5.0, phase="transcode"), 1_700_000_001.0)

    assert (changed.version, changed.progress.percent) == (2, 5.0)
