"""Where the first of two folders has room for some boards only or for none, or both have."""

import errno
import multiprocessing
import os
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from counting_process import CELL_MAP, count
from counts import Board, open_board
from counts.folder import _homes
from counts.mapped_files import common_cells, hold_cells

ROOT = f"tally-{os.geteuid()}"


@pytest.fixture(autouse=True)
def supervised(monkeypatch: pytest.MonkeyPatch) -> None:
    """All boards of a test are of one service, which has a supervisor."""
    parent = multiprocessing.get_context("spawn").current_process
    monkeypatch.setattr("counts.folder.parent_process", parent)


@pytest.fixture
def homes(tmp_path: Path) -> list[Path]:
    found = [tmp_path / "memory", tmp_path / "disk"]
    for home in found:
        home.mkdir()
    return found


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> dict[Path, int]:
    """For how many boards there is room in a home; below 0, not even for what is watched."""
    left: dict[Path, int] = defaultdict(lambda: 99)

    def limited(make: Callable[..., memoryview | None]) -> Callable[..., memoryview | None]:
        def made(path: Path, *rest: int) -> memoryview | None:
            home = path.parents[2]
            if not path.exists() and (path.name != "watch" or left[home] < 0):
                if left[home] <= 0:
                    raise OSError(errno.ENOSPC, "No space left on device", str(path))
                left[home] -= 1
            return make(path, *rest)

        return made

    monkeypatch.setattr("counts.folder.hold_cells", limited(hold_cells))
    monkeypatch.setattr("counts.folder.common_cells", limited(common_cells))
    return left


def opened(homes: list[Path], many: int = 3) -> list[Board]:
    """Boards of so many processes, of which each has counted one hit."""
    boards = [open_board(CELL_MAP, homes=homes) for _ in range(many)]
    for board in boards:
        count(board, "hits", "near")
    return boards


def told(boards: list[Board]) -> list[tuple[int, bool]]:
    readings = [board.read() for board in boards]
    return [(reading.ever().counts("hits")["near"], reading.shared) for reading in readings]


def places(homes: list[Path], kind: str) -> list[int]:
    return [len([*home.rglob(f"{kind}*")]) for home in homes]


def test_with_room_enough_the_second_folder_is_not_touched(homes: list[Path]) -> None:
    boards = opened(homes)

    assert told(boards) == [(3, True)] * 3
    assert list(homes[1].iterdir()) == []


@pytest.mark.parametrize(("fitting", "boards"), [(1, [1, 2]), (0, [0, 3]), (-1, [0, 3])])
def test_those_that_find_no_room_are_counted_from_the_second_folder(
    homes: list[Path], room: dict[Path, int], fitting: int, boards: list[int]
) -> None:
    room[homes[0]] = fitting
    all_of_them = opened(homes)
    all_of_them[0].watch[5] = 9

    assert told(all_of_them) == [(3, True)] * 3
    assert places(homes, "board") == boards
    assert sum(places(homes, "watch")) == 1
    assert [board.watch[5] for board in all_of_them] == [9, 9, 9]


def test_a_folder_that_is_not_ours_alone_is_passed_over_and_never_read(homes: list[Path]) -> None:
    (homes[0] / ROOT).mkdir(mode=0o755)
    boards = opened(homes)
    forged = next((homes[1] / ROOT).glob("*-*"))
    (homes[0] / ROOT / forged.name).mkdir()
    (homes[0] / ROOT / forged.name / "board-7").write_bytes((forged / "board-0").read_bytes())

    assert told(boards) == [(3, True)] * 3


def test_where_only_one_finds_room_every_process_says_that_not_all_are_counted(
    homes: list[Path], room: dict[Path, int], caplog: pytest.LogCaptureFixture
) -> None:
    room.update({homes[0]: 1, homes[1]: 0})
    boards = opened(homes)

    assert told(boards) == [(1, False)] * 3
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2
    assert "No space left on device" in caplog.text


def test_each_home_is_looked_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Else boards there would be added up twice."""
    monkeypatch.setattr("counts.folder._MEMORY", tmp_path)
    (tmp_path / "link").symlink_to(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "link"))

    assert _homes() == [tmp_path.resolve()]
