"""One process's numbers."""

import pytest

from counting_process import CELL_MAP, count
from counts import Board
from counts.cell_map import BEAT, MAGIC


def test_what_is_counted_is_read() -> None:
    board = Board.alone(CELL_MAP)
    count(board, "hits", "near", 3)
    count(board, "puts", "stored")
    told = board.read().ever()

    assert told.counts("hits") == {"near": 3, "redis": 0}
    assert told.counts("puts") == {"stored": 1}


def test_seconds_are_counted_in_the_bucket_whose_bound_they_do_not_exceed() -> None:
    board = Board.alone(CELL_MAP)
    timed = board.timer("poll")
    for seconds in (0.0005, 0.001, 0.0011, 3.0):
        timed(seconds)
    took = board.read().ever().histogram("poll")

    assert took.cumulative() == {"0.001": 2, "0.01": 3, "0.1": 3, "+Inf": 4}
    assert took.sum == pytest.approx(3.0026)


def test_a_gauge_is_what_was_shown_last() -> None:
    board = Board.alone(CELL_MAP)
    board.show("now", {"in_use": 7})
    board.show("now", {"in_use": 2})

    assert board.read().gauges("now") == [{"in_use": 2}]


def test_boards_of_processes_that_are_alone_share_nothing() -> None:
    one, other = Board.alone(CELL_MAP), Board.alone(CELL_MAP)
    count(one, "hits", "near")

    assert other.read().ever().counts("hits")["near"] == 0


def test_who_takes_over_goes_on_counting_and_begins_its_gauges_anew() -> None:
    dead = Board.alone(CELL_MAP)
    count(dead, "hits", "near", 5)
    dead.show("now", {"in_use": 1})
    dead.beat()
    heir = Board(CELL_MAP, dead.cells, watch=dead.watch, others=tuple)

    assert heir.cells[MAGIC] == CELL_MAP.fingerprint
    assert heir.cells[BEAT] == 0
    assert heir.read().ever().counts("hits")["near"] == 5
    assert heir.read().gauges("now") == [{"in_use": 0}]
