"""The boards of one service: who is in it, what stays of the dead, and what never disturbs."""

import logging
import multiprocessing
from collections.abc import Iterator
from contextlib import ExitStack
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import pytest

import counting_process
from counting_process import CELL_MAP, count
from counts import Board, CellMap, counters, open_board
from counts.folder import Folders
from counts.mapped_files import common_cells

GROUP = "1-0123456789abcdef"
SPAWN = multiprocessing.get_context("spawn")


class Counting:
    """A child that counts, as uvicorn's are."""

    def __init__(self, home: Path) -> None:
        self._pipe: Connection
        self._pipe, theirs = SPAWN.Pipe()
        target = counting_process.run
        self.process: SpawnProcess = SPAWN.Process(target=target, args=(theirs, str(home)))
        self.process.start()
        theirs.close()

    def do(self, *words: Any) -> Any:
        self._pipe.send(words)
        assert self._pipe.poll(20), "the child does not answer"
        return self._pipe.recv()

    def kill(self) -> None:
        self.process.kill()
        self.process.join()


@pytest.fixture
def children(tmp_path: Path) -> Iterator[list[Counting]]:
    """Two processes of one supervisor, which is the test."""
    with ExitStack() as started:
        both = [Counting(tmp_path) for _ in range(2)]
        for child in both:
            started.callback(child.kill)
        yield both


def test_processes_of_one_supervisor_tell_the_same_and_the_killed_stay_in_it(
    children: list[Counting], tmp_path: Path
) -> None:
    one, other = children
    one.do("count", "hits", "near", 3)
    other.do("count", "hits", "redis", 4)
    for child in children:
        child.do("show", 1)
    both = [child.do("read") for child in children]
    one.kill()
    left = other.do("read")
    heir = Counting(tmp_path)
    heir.do("count", "hits", "near", 10)
    after = [child.do("read") for child in (heir, other)]
    heir.kill()
    files = [path.name for path in tmp_path.rglob("board-*")]

    assert both == [({"near": 3, "redis": 4}, [{"in_use": 1}] * 2)] * 2
    assert left == ({"near": 3, "redis": 4}, [{"in_use": 1}])
    assert [hits for hits, _ in after] == [{"near": 13, "redis": 4}] * 2
    assert sorted(files) == ["board-0", "board-1"]


def test_a_process_without_a_supervisor_is_the_service_and_makes_no_file(tmp_path: Path) -> None:
    board = open_board(CELL_MAP, homes=[tmp_path])
    count(board, "hits", "near")

    assert board.read().ever().counts("hits")["near"] == 1
    assert board.read().shared
    assert list(tmp_path.iterdir()) == []


def joined(root: Path, group: str = GROUP, cell_map: CellMap = CELL_MAP) -> Board:
    return Folders([root / "tally"], group, cell_map).join()


def hits(board: Board) -> int:
    return board.read().ever().counts("hits")["near"]


def test_boards_of_one_group_are_added_up(tmp_path: Path) -> None:
    boards = [joined(tmp_path) for _ in range(3)]
    for times, board in enumerate(boards):
        count(board, "hits", "near", times)

    assert [hits(board) for board in boards] == [3, 3, 3]


def test_one_joins_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else who comes second may make the cells that the first has just made, or take its folder."""
    monkeypatch.setattr("counts.mapped_files._LOCK_SECONDS", 0.02)
    refused: list[str] = []

    def while_another_comes(path: Path, size: int) -> memoryview:
        monkeypatch.setattr("counts.folder.common_cells", common_cells)
        try:
            joined(tmp_path)
        except TimeoutError as late:
            refused.append(str(late))
        return common_cells(path, size)

    monkeypatch.setattr("counts.folder.common_cells", while_another_comes)
    first = joined(tmp_path)
    second = joined(tmp_path)
    count(second, "hits", "near")

    assert refused == [f"{tmp_path / 'tally' / 'lock'} is held by another process"]
    assert hits(first) == 1


def test_what_is_watched_is_watched_by_all_of_a_group(tmp_path: Path) -> None:
    one, other = joined(tmp_path), joined(tmp_path)
    one.watch[5] = 9

    assert other.watch[5] == 9


def test_other_services_and_other_versions_count_for_themselves(tmp_path: Path) -> None:
    boards = [joined(tmp_path), joined(tmp_path, "2-fedcba9876543210")]
    newer = CellMap([counters("hits", "near", "redis", "moon", windowed=True)])
    count(boards[0], "hits", "near")

    assert hits(boards[1]) == 0
    assert hits(joined(tmp_path, "1-another", newer)) == 0


def test_a_foreign_file_is_left_out_and_named_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    board = joined(tmp_path)
    (tmp_path / "tally" / GROUP / "board-7").write_bytes(b"something else")
    (tmp_path / "tally" / GROUP / "notes.txt").write_text("hello")
    count(board, "hits", "near")

    assert [hits(board) for _ in range(3)] == [1, 1, 1]
    assert [record.getMessage().partition(" is no board")[0][-7:] for record in caplog.records] == [
        "board-7"
    ]


def test_when_the_folder_is_taken_away_counting_goes_on(tmp_path: Path) -> None:
    board, other = joined(tmp_path), joined(tmp_path)
    for path in (tmp_path / "tally" / GROUP).iterdir():
        path.unlink()
    (tmp_path / "tally" / GROUP).rmdir()
    count(board, "hits", "near")
    count(other, "hits", "near", 5)

    assert (hits(board), hits(other)) == (1, 5)


def test_where_nothing_can_be_shared_it_counts_for_itself_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("counts.folder.parent_process", SPAWN.current_process)
    monkeypatch.setattr("counts.folder.os.geteuid", lambda: 123)
    (tmp_path / "tally-123").mkdir(mode=0o755)
    with caplog.at_level(logging.WARNING):
        board = open_board(CELL_MAP, homes=[tmp_path])
    count(board, "hits", "near")

    assert hits(board) == 1
    assert not board.read().shared
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "not ours alone" in caplog.text
