"""Cells in files: locked by who writes them, seen by the others, never half there."""

import gc
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from counts.mapped_files import (
    common_cells,
    hold_cells,
    is_held,
    locked,
    make_private,
    see_cells,
)

COUNT, MARK = 1000, 77


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file may grow beyond a kilobyte."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def written(path: Path, value: int = 5) -> memoryview:
    cells = hold_cells(path, COUNT, MARK)
    assert cells is not None
    cells[0], cells[1] = MARK, value
    return cells


def test_what_is_written_is_seen_by_others(tmp_path: Path) -> None:
    cells = written(tmp_path / "a")
    seen, held = see_cells(tmp_path / "a", COUNT, MARK)
    assert seen is not None
    cells[1] += 1

    assert (seen[1], held) == (6, True)


def test_a_file_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    cells = written(tmp_path / "a")

    assert hold_cells(tmp_path / "a", COUNT, MARK) is None
    assert is_held(tmp_path / "a")
    assert cells[1] == 5


def test_who_looks_keeps_nobody_from_holding_it(tmp_path: Path) -> None:
    cells = written(tmp_path / "a")
    seen, _ = see_cells(tmp_path / "a", COUNT, MARK)
    del cells
    gc.collect()
    heir = hold_cells(tmp_path / "a", COUNT, MARK)

    assert seen is not None
    assert heir is not None
    assert see_cells(tmp_path / "a", COUNT, MARK)[1]


def test_what_was_written_outlives_its_holder(tmp_path: Path) -> None:
    written(tmp_path / "a")
    gc.collect()
    seen, held = see_cells(tmp_path / "a", COUNT, MARK)
    assert seen is not None

    assert (seen[1], held) == (5, False)
    assert hold_cells(tmp_path / "a", COUNT, MARK) == seen


@pytest.mark.parametrize("content", [b"", b"short", bytes(8 * COUNT), b"\xff" * 8 * COUNT])
def test_what_is_not_of_that_mark_is_not_seen_and_is_all_zero_for_who_holds_it(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "a").write_bytes(content)

    assert see_cells(tmp_path / "a", COUNT, MARK) == (None, False)
    cells = hold_cells(tmp_path / "a", COUNT, MARK)
    assert cells is not None
    assert not any(cells)


@pytest.mark.usefixtures("full_disk")
def test_on_a_full_disk_nothing_is_promised_and_nothing_stays(tmp_path: Path) -> None:
    """A page without room behind it would kill the process later, at a count."""
    with pytest.raises(OSError, match="File too large"):
        hold_cells(tmp_path / "a", COUNT, MARK)

    assert not (tmp_path / "a").exists()


def test_common_cells_are_written_by_all(tmp_path: Path) -> None:
    one, other = common_cells(tmp_path / "a", 4), common_cells(tmp_path / "a", 4)
    one[0], other[3] = 1, 9

    assert one.tolist() == other.tolist() == [1, 0, 0, 9]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"precious")
    (tmp_path / "a").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(OSError, match="symbolic link"):
        hold_cells(tmp_path / "a", COUNT, MARK)
    assert (tmp_path / "elsewhere").read_bytes() == b"precious"


def test_a_folder_is_private_or_refused(tmp_path: Path) -> None:
    make_private(tmp_path / "ours")
    make_private(tmp_path / "ours")
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "link").symlink_to(tmp_path / "ours")

    assert (tmp_path / "ours").stat().st_mode & 0o777 == 0o700
    for refused in ("open", "link"):
        with pytest.raises(PermissionError, match="not ours alone"):
            make_private(tmp_path / refused)


def test_a_lock_that_stays_taken_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("counts.mapped_files._LOCK_SECONDS", 0.02)
    with (
        locked(tmp_path / "lock"),
        pytest.raises(TimeoutError, match="held by another"),
        locked(tmp_path / "lock"),
    ):
        pass
    with locked(tmp_path / "lock"):
        pass
