"""The boards of all processes, added up; what was so of the dead is not so any more."""

import pytest

from counting_process import CELL_MAP
from counts.cell_map import BEAT
from counts.mapped_files import private_cells
from counts.reading import SECOND_NS, Reading, Sheet
from counts.windows import ROW_NS, beat, begin

START = 1000 * ROW_NS
NEAR, IN_USE = CELL_MAP.cells("hits")["near"], CELL_MAP.cells("now")["in_use"]
BUCKETS = CELL_MAP.place("poll")


def a_sheet(
    *, hits: int = 0, in_use: int = 0, living: bool = True, began: int = START, beaten: int = START
) -> Sheet:
    cells = private_cells(CELL_MAP.size)
    begin(cells, CELL_MAP, began)
    cells[NEAR], cells[IN_USE] = hits, in_use
    cells[BEAT] = beaten
    return Sheet(cells=cells, living=living)


def reading(*sheets: Sheet, after: float = 0.0) -> Reading:
    return Reading(CELL_MAP, sheets, START + int(after * SECOND_NS))


def test_counters_are_sums_and_the_dead_stay_in_them() -> None:
    told = reading(a_sheet(hits=3), a_sheet(hits=4), a_sheet(hits=50, living=False)).ever()

    assert told.counts("hits") == {"near": 57, "redis": 0}
    assert told.counts("puts") == {"stored": 0}


def test_the_sums_of_a_reading_stay_those_of_its_moment() -> None:
    """So all that is told of one reading agrees, though the other processes go on counting."""
    sheet = a_sheet(hits=3)
    told = reading(a_sheet(), sheet)
    sheet.cells[NEAR] += 1

    assert told.ever().counts("hits")["near"] == 3


def test_histograms_are_sums_in_seconds() -> None:
    sheets = a_sheet(), a_sheet()
    for number, sheet in enumerate(sheets):
        sheet.cells[BUCKETS.start + number] += 2
        sheet.cells[BUCKETS.stop - 1] += SECOND_NS // 4
    took = reading(*sheets).ever().histogram("poll")

    assert took.cumulative() == {"0.001": 2, "0.01": 4, "0.1": 4, "+Inf": 4}
    assert took.sum == 0.5


def test_gauges_are_those_of_living_processes_that_have_begun() -> None:
    others = a_sheet(in_use=2), a_sheet(in_use=3, living=False), a_sheet(in_use=4, beaten=0)

    assert reading(a_sheet(in_use=1), *others).gauges("now") == [{"in_use": 1}, {"in_use": 2}]


def test_our_own_gauges_are_there_before_the_first_beat() -> None:
    assert reading(a_sheet(in_use=1, beaten=0)).gauges("now") == [{"in_use": 1}]


@pytest.mark.parametrize(("silent", "shown"), [(9.0, 1), (11.0, 0)])
def test_a_frozen_process_is_counted_and_not_believed(silent: float, shown: int) -> None:
    own, other = a_sheet(in_use=1, beaten=START), a_sheet(in_use=1)
    told = reading(own, other, after=silent).gauges("now")

    assert told == [{"in_use": 1}, {"in_use": shown}]


def test_a_window_says_how_long_it_really_is() -> None:
    """Rows begin every 5 s: so it is a little longer than its name says."""
    old = a_sheet(hits=1, began=START - 500 * SECOND_NS)
    told = reading(old, after=62.0).last(60)

    assert told.seconds == 62.0


def test_a_service_younger_than_the_window_tells_all_and_how_long_that_is() -> None:
    told = reading(a_sheet(hits=3), a_sheet(hits=4, began=START + SECOND_NS), after=2.0).last(3600)

    assert told.counts("hits")["near"] == 7
    assert told.seconds == 2.0


def test_what_a_process_counted_before_it_died_leaves_the_window_in_time() -> None:
    dead = a_sheet(hits=5, living=False, began=START)
    beat(dead.cells, CELL_MAP, START)
    own = a_sheet(hits=1)
    for seconds in range(0, 200, 5):
        beat(own.cells, CELL_MAP, START + seconds * SECOND_NS)

    assert reading(own, dead, after=30.0).last(60).counts("hits")["near"] == 6
    assert reading(own, dead, after=180.0).last(60).counts("hits")["near"] == 0
    assert reading(own, dead, after=180.0).ever().counts("hits")["near"] == 6


def test_a_window_knows_only_what_is_windowed() -> None:
    window = reading(a_sheet(hits=2)).last(60)

    assert window.total("hits") == 2
    with pytest.raises(ValueError, match="zip"):
        window.counts("puts")
