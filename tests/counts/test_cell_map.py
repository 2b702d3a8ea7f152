"""Every number has a place of its own, the same one in every process of a version."""

from hypothesis import given
from hypothesis import strategies as st

from counts.cell_map import HEADER, ROWS, CellMap, Family, counters, gauges, histogram

NAMES = st.text("abc", min_size=1, max_size=3)
MEMBERS = st.lists(NAMES, min_size=1, max_size=4, unique=True)


@st.composite
def families(draw: st.DrawFn) -> list[Family]:
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    kinds = (
        lambda name, members: counters(name, *members),
        lambda name, members: counters(name, *members, windowed=True),
        lambda name, members: gauges(name, *members),
    )
    return [draw(st.sampled_from(kinds))(name, draw(MEMBERS)) for name in names]


@given(families())
def test_no_two_numbers_share_a_cell_and_none_is_left_unused(found: list[Family]) -> None:
    cell_map = CellMap(found)
    cells = [cell for family in found for cell in cell_map.cells(family.name).values()]

    assert sorted(cells) == list(cell_map.numbers)
    assert cell_map.numbers.start == HEADER


@given(families())
def test_windowed_numbers_come_first_and_gauges_last(found: list[Family]) -> None:
    cell_map = CellMap(found)
    ranks = {"windowed": 0, "counter": 1, "gauge": 2}
    kinds = sorted((cell_map.place(family.name).start, ranks[family.kind]) for family in found)

    assert [rank for _, rank in kinds] == sorted(rank for _, rank in kinds)


@given(families(), st.integers(0, 10_000))
def test_rows_lie_behind_the_numbers_and_never_overlap(found: list[Family], first: int) -> None:
    cell_map = CellMap(found)
    rows = sorted((cell_map.row(first + n) for n in range(ROWS)), key=lambda row: row.start)
    ends = [cell_map.numbers.stop, *(row.stop for row in rows)]

    assert [row.start for row in rows] == ends[:-1]
    assert ends[-1] == cell_map.size
    assert cell_map.row(first) == cell_map.row(first + ROWS)


def test_another_name_or_order_or_bound_is_another_map() -> None:
    maps = [
        CellMap([counters("a", "b", "c")]),
        CellMap([counters("a", "c", "b")]),
        CellMap([counters("a", "b", "d")]),
        CellMap([counters("a", "b", "c", windowed=True)]),
        CellMap([histogram("a", (1.0, 2.0))]),
        CellMap([histogram("a", (1.0, 3.0))]),
    ]

    assert len({cell_map.fingerprint for cell_map in maps}) == len(maps)
    assert CellMap([counters("a", "b", "c")]).fingerprint == maps[0].fingerprint
