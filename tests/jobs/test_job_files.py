"""Where a job's bytes lie on disk."""

import hashlib
import time
from pathlib import Path

import pytest

from jobs import JobFiles, Output, new_id

JOB = new_id(time.time())
PENDING = Output(name="a.mp4", content_type="video/mp4")


def test_a_kept_file_is_moved_measured_and_named_by_its_claim(tmp_path: Path) -> None:
    files = JobFiles(tmp_path)
    made = files.workplace(JOB, 3) / "a.mp4"
    made.write_bytes(b"film")

    output = files.keep(JOB, 3, made, PENDING)

    assert (output.bytes, output.file) == (4, "3-a.mp4")
    assert output.sha256 == hashlib.sha256(b"film").hexdigest()
    assert files.output(JOB, output).read_bytes() == b"film"
    assert not made.exists()


def test_a_zombie_cannot_write_over_its_successors_file(tmp_path: Path) -> None:
    files = JobFiles(tmp_path)
    kept = []
    for fence, content in ((2, b"successor"), (1, b"zombie")):
        made = files.workplace(JOB, fence) / "a.mp4"
        made.write_bytes(content)
        kept.append(files.keep(JOB, fence, made, PENDING))

    assert files.output(JOB, kept[0]).read_bytes() == b"successor"


def test_a_new_workplace_sweeps_out_what_earlier_claims_left(tmp_path: Path) -> None:
    files = JobFiles(tmp_path)
    (files.workplace(JOB, 1) / "half").write_bytes(b"x")

    place = files.workplace(JOB, 2)

    assert [path.name for path in place.parent.iterdir()] == ["work-2"]


def test_a_worker_that_wakes_up_late_leaves_its_successors_workplace_alone(tmp_path: Path) -> None:
    files = JobFiles(tmp_path)
    (files.workplace(JOB, 2) / "half").write_bytes(b"x")

    files.workplace(JOB, 1)

    assert (files.folder(JOB) / "work-2" / "half").exists()


def test_a_retry_shares_the_source_and_survives_the_deletion_of_the_first(tmp_path: Path) -> None:
    files, again = JobFiles(tmp_path), new_id(time.time())
    files.prepare(JOB).write_bytes(b"film")

    assert files.share_source(JOB, again)
    files.remove(JOB)
    assert files.source(again).read_bytes() == b"film"
    nothing = new_id(time.time())
    assert not files.share_source(JOB, nothing)
    assert not files.folder(nothing).exists()


@pytest.mark.parametrize("text", ["", "..", "../x", "job_x", "/etc"])
def test_nothing_but_a_job_id_ever_becomes_a_path(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match="not a job id"):
        JobFiles(tmp_path).folder(text)


def test_an_output_that_is_not_ready_has_no_place(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not ready"):
        JobFiles(tmp_path).output(JOB, PENDING)
