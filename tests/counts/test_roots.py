"""The folder of all services of a user: one at a time is in it, and clears away what is left."""

import gc
import subprocess
from pathlib import Path

import pytest

from counting_process import CELL_MAP
from counts import Board
from counts.folder import Folders
from counts.roots import entered

GROUP = "1-0123456789abcdef"


def joined(root: Path, group: str = GROUP) -> Board:
    return Folders([root / "tally"], group, CELL_MAP).join()


def hits(board: Board) -> int:
    return board.read().ever().counts("hits")["near"]


def test_one_is_in_it_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("counts.mapped_files._LOCK_SECONDS", 0.02)
    folder = tmp_path / "tally" / GROUP
    with entered(folder), pytest.raises(TimeoutError, match="held"), entered(folder):
        pass
    with entered(folder):
        assert folder.is_dir()


def test_one_that_others_could_write_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tally").mkdir(mode=0o755)
    with (
        pytest.raises(PermissionError, match="not ours alone"),
        entered(tmp_path / "tally" / "1-a"),
    ):
        pass


def test_groups_of_which_nobody_is_left_are_removed(tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    abandoned, orphaned = f"{ended.pid}-aaaa", f"{ended.pid}-bbbb"
    joined(tmp_path, abandoned)
    orphan = joined(tmp_path, orphaned)
    (tmp_path / "tally" / "notes").mkdir()
    gc.collect()
    joined(tmp_path)

    assert {path.name for path in (tmp_path / "tally").iterdir() if path.is_dir()} == {
        GROUP,
        orphaned,
        "notes",
    }
    assert hits(orphan) == 0
