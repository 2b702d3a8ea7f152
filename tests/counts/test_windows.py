"""What was counted in the last minute or hour, by rows that a board keeps of itself."""

from hypothesis import given
from hypothesis import strategies as st

from counting_process import LAYOUT
from counts.layout import ROWS
from counts.mapped_files import private_cells
from counts.windows import ROW_NS, beat, begin, since

NEAR = LAYOUT.cells("hits")["near"]
START = 7 * ROW_NS + 123


def hits(cells: memoryview, row: int) -> int:
    return since(cells, LAYOUT, row)[NEAR - LAYOUT.windowed.start]


def started() -> memoryview:
    cells = private_cells(LAYOUT.size)
    begin(cells, LAYOUT, START)
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
        beat(cells, LAYOUT, now)
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
    beat(cells, LAYOUT, START + ROW_NS)

    assert hits(cells, START // ROW_NS + 2) == 0


def test_after_an_hour_the_oldest_rows_make_room() -> None:
    cells = started()
    for number in range(2 * ROWS):
        cells[NEAR] += 1
        beat(cells, LAYOUT, START + number * ROW_NS)
    newest = START // ROW_NS + 2 * ROWS - 1

    assert hits(cells, newest) == 0
    assert hits(cells, newest - 720) == 720
