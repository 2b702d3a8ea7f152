"""What was counted in the last minute or hour, by rows that a board keeps of itself."""

from array import array
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from counting_process import CELL_MAP
from counts.cell_map import ROWS
from counts.mapped_files import private_cells
from counts.windows import ROW_NS, beat, begin, since

NEAR = CELL_MAP.cells("hits")["near"]
START = 7 * ROW_NS + 123


def hits(cells: memoryview, row: int) -> int:
    return since(cells, CELL_MAP, row)[NEAR - CELL_MAP.windowed.start]


def started() -> memoryview:
    cells = private_cells(CELL_MAP.size)
    begin(cells, CELL_MAP, START)
    return cells


STEPS = st.lists(
    st.tuples(st.integers(0, 100 * ROW_NS), st.integers(0, 9)), min_size=1, max_size=30
)


@given(STEPS, st.integers(0, ROWS - 2))
def test_a_row_is_what_was_counted_at_the_first_beat_of_its_time_or_after(
    steps: list[tuple[int, int]], ago: int
) -> None:
    """However long nobody beat: what was missed is made up for."""
    cells, now, beats = started(), START, [(START // ROW_NS, 0)]
    for pause, times in steps:
        cells[NEAR] += times
        now += pause
        beat(cells, CELL_MAP, now)
        beats.append((now // ROW_NS, cells[NEAR]))
    row = now // ROW_NS - ago
    before = next(count for number, count in beats if number >= row)

    assert hits(cells, row) == cells[NEAR] - (before if row >= START // ROW_NS else 0)


def test_a_board_that_is_younger_tells_all_it_has() -> None:
    cells = started()
    cells[NEAR] += 5

    assert hits(cells, START // ROW_NS - 1) == 5
    assert hits(cells, START // ROW_NS) == 5


def test_nothing_was_counted_by_who_had_died_by_then() -> None:
    cells = started()
    cells[NEAR] += 5
    beat(cells, CELL_MAP, START + ROW_NS)

    assert hits(cells, START // ROW_NS + 2) == 0


class Overlooked:
    """A board, and what another process would read of its row `number` after each written cell."""

    def __init__(self, cells: memoryview, number: int) -> None:
        self._cells = cells
        self._number = number
        self.read: list[list[int]] = []

    def __getitem__(self, place: Any) -> Any:
        return self._cells[place]

    def __setitem__(self, place: Any, value: Any) -> None:
        if isinstance(place, slice):
            for cell, one in zip(range(place.start, place.stop), value, strict=True):
                self[cell] = one
        else:
            self._cells[place] = value
            self.read.append([*since(self._cells, CELL_MAP, self._number)])


def test_a_row_that_is_just_being_written_is_never_read_in_half() -> None:
    """The oldest makes room for the newest: a late reader gets all of the old one, or nothing."""
    cells = started()
    oldest = START // ROW_NS
    windowed = CELL_MAP.windowed
    cells[windowed.start : windowed.stop] = memoryview(array("q", [7] * len(windowed)))
    beat(cells, CELL_MAP, START + (ROWS - 1) * ROW_NS)
    overlooked = Overlooked(cells, oldest)
    beat(cast(memoryview, overlooked), CELL_MAP, START + ROWS * ROW_NS)

    assert len(overlooked.read) > len(windowed)
    assert [told for told in overlooked.read if len(set(told)) > 1] == []


def test_after_an_hour_the_oldest_rows_make_room() -> None:
    cells = started()
    for number in range(2 * ROWS):
        cells[NEAR] += 1
        beat(cells, CELL_MAP, START + number * ROW_NS)
    newest = START // ROW_NS + 2 * ROWS - 1

    assert hits(cells, newest) == 0
    assert hits(cells, newest - 720) == 720
