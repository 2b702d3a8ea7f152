"""A process that counts on a board, as a part of a test: it does what it is sent over a pipe."""

from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from counts import Board, CellMap, counters, gauges, histogram, open_board

BOUNDS: Final = (0.001, 0.01, 0.1)
CELL_MAP: Final = CellMap(
    (
        counters("puts", "stored"),
        gauges("now", "in_use"),
        counters("hits", "near", "redis", windowed=True),
        histogram("poll", BOUNDS, windowed=True),
    )
)


def count(board: Board, name: str, member: str, times: int = 1) -> None:
    board.cells[board.cell_map.cells(name)[member]] += times


def run(pipe: Connection, home: str) -> None:
    """`("count", name, member, times)`, `("show", value)` or `("read",)`, until the pipe ends."""
    board = open_board(CELL_MAP, homes=[Path(home)])
    while True:
        try:
            word, *rest = pipe.recv()
        except EOFError:
            return
        pipe.send(_do(board, word, rest))


def _do(board: Board, word: str, rest: list[Any]) -> Any:
    if word == "count":
        return count(board, *rest)
    if word == "show":
        board.show("now", {"in_use": rest[0]})
        return board.beat()
    reading = board.read()
    return reading.ever().counts("hits"), reading.gauges("now")
