"""Every number has a place of its own, the same one in every process of a version."""

from hypothesis import given
from hypothesis import strategies as st

from counts.layout import HEADER, ROWS, Family, Layout, counters, gauges, histogram

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
    layout = Layout(found)
    cells = [cell for family in found for cell in layout.cells(family.name).values()]

    assert sorted(cells) == list(layout.numbers)
    assert layout.numbers.start == HEADER


@given(families())
def test_windowed_numbers_come_first_and_gauges_last(found: list[Family]) -> None:
    layout = Layout(found)
    ranks = {"windowed": 0, "counter": 1, "gauge": 2}
    kinds = sorted((layout.place(family.name).start, ranks[family.kind]) for family in found)

    assert [rank for _, rank in kinds] == sorted(rank for _, rank in kinds)


@given(families(), st.integers(0, 10_000))
def test_rows_lie_behind_the_numbers_and_never_overlap(found: list[Family], first: int) -> None:
    layout = Layout(found)
    rows = sorted((layout.row(first + n) for n in range(ROWS)), key=lambda row: row.start)
    ends = [layout.numbers.stop, *(row.stop for row in rows)]

    assert [row.start for row in rows] == ends[:-1]
    assert ends[-1] == layout.size
    assert layout.row(first) == layout.row(first + ROWS)


def test_another_name_or_order_or_bound_is_another_layout() -> None:
    layouts = [
        Layout([counters("a", "b", "c")]),
        Layout([counters("a", "c", "b")]),
        Layout([counters("a", "b", "d")]),
        Layout([counters("a", "b", "c", windowed=True)]),
        Layout([histogram("a", (1.0, 2.0))]),
        Layout([histogram("a", (1.0, 3.0))]),
    ]

    assert len({layout.fingerprint for layout in layouts}) == len(layouts)
    assert Layout([counters("a", "b", "c")]).fingerprint == layouts[0].fingerprint
