"""What a board's counters were some time ago: a row of copies each 5 s, for an hour. Pure.

Rows are numbered by the clock that all processes share, so those of two boards can be added up.
Cells come as a memoryview; the times in nanoseconds.
"""

from collections.abc import Sequence
from typing import Final

from counts.cell_map import BEAT, NEWEST, ROWS, STARTED, CellMap

ROW_NS: Final = 5_000_000_000


def begin(cells: memoryview, cell_map: CellMap, now: int) -> None:
    """The first row of a new board: nothing was counted before."""
    cells[STARTED] = now
    cells[NEWEST] = now // ROW_NS
    _write(cells, cell_map, now // ROW_NS)


def beat(cells: memoryview, cell_map: CellMap, now: int) -> None:
    """Copy what is counted, if a row is due; and into the rows that were missed, too.

    A board whose process died, and that another one took over, counted nothing in between.
    """
    newest = now // ROW_NS
    for number in range(max(cells[NEWEST] + 1, newest - ROWS + 1), newest + 1):
        _write(cells, cell_map, number)
    cells[NEWEST] = max(newest, cells[NEWEST])
    cells[BEAT] = now


def _write(cells: memoryview, cell_map: CellMap, number: int) -> None:
    row, counted = cell_map.row(number), cell_map.windowed
    cells[row.start] = -1  # while it is neither the old one nor the new one
    cells[row.start + 1 : row.stop] = cells[counted.start : counted.stop]
    cells[row.start] = number


def since(cells: memoryview, cell_map: CellMap, number: int) -> Sequence[int]:
    """What was counted since the row of this number began; within the last hour.

    All there is, if the board is younger; nothing, if its process had died by then.
    """
    now = cells[cell_map.windowed.start : cell_map.windowed.stop].tolist()
    if number < cells[STARTED] // ROW_NS:
        return now
    row = cell_map.row(number)
    then = cells[row.start : row.stop].tolist()
    if then[0] != number:
        return [0] * len(now)
    return [new - old for new, old in zip(now, then[1:], strict=True)]
