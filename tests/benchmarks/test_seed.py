"""The jobs that are measured: one size, and the same bytes for Tally and its peers."""

import json

import pytest

from benchmarks.hello import BODY
from benchmarks.peers.job_table import Job
from benchmarks.seed import DOCUMENT_BYTES, rows, sized_job
from benchmarks.sizes import sizes
from jobs import Progressed, render, step


def test_documents_have_exactly_the_size_of_the_hello_world() -> None:
    assert len(render(sized_job(1_700_000_000.0)).body) == DOCUMENT_BYTES == len(BODY)


def test_the_peers_model_gives_the_very_bytes_of_the_document() -> None:
    body = render(sized_job(1_700_000_000.0)).body

    assert Job.model_validate_json(body).model_dump_json().encode() == body


def test_copies_have_their_own_id_inside_and_out_and_the_size_asked_for() -> None:
    made = [*rows([1500, 2048, 1500], running=False)]
    documents = [json.loads(row["document"]) for row in made]

    assert [len(row["document"]) for row in made] == [1500, 2048, 1500]
    assert len({row["id"] for row in made}) == 3
    assert [document["id"] for document in documents] == [row["id"] for row in made]
    assert documents[0]["links"]["self"].endswith(made[0]["id"])


@pytest.mark.parametrize("count", [10, 1000])
def test_sizes_lie_between_their_ends_as_many_below_the_middle_as_above(count: int) -> None:
    found = sizes(count, 1024, 4096)

    below = sum(size < 2048 for size in found)

    assert len(found) == count
    assert 1024 <= min(found) <= max(found) <= 4096
    assert abs(below - count / 2) <= 2


def test_between_two_equal_ends_there_is_one_size() -> None:
    assert sizes(3, 2048, 2048) == [2048, 2048, 2048]


def test_a_running_job_has_its_size_too_and_can_be_changed_as_a_worker_changes_it() -> None:
    job = sized_job(1_700_000_000.0, running=True)

    changed = step(job, Progressed(fence=1, percent=5.0, phase="transcode"), 1_700_000_001.0)

    assert len(render(job).body) == DOCUMENT_BYTES
    assert (changed.version, changed.progress.percent) == (2, 5.0)
