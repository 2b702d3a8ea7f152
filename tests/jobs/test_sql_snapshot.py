"""Cursors of PostgreSQL: a text and back, and what a server must not say after it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.sql_snapshot import Seen

BEGUN = Seen(timeline="00000001", file="16390", low=740, high=750, open=(740, 744))


@st.composite
def seen(draw: st.DrawFn) -> Seen:
    low, length = draw(st.integers(3, 2**40)), draw(st.integers(0, 50))
    after = draw(st.sets(st.integers(0, 49), max_size=8))
    still_open = sorted(low + number for number in after if number < length)
    return Seen(
        timeline=draw(st.sampled_from(["", "00000001", "0000000A"])),
        file=str(draw(st.integers(1, 2**32))),
        low=low,
        high=low + length,
        open=tuple(still_open),
    )


@given(seen())
def test_a_cursor_is_read_as_it_was_written(one: Seen) -> None:
    assert Seen.of(str(one)) == one


@given(seen(), st.integers(0, 100))
def test_without_the_last_all_that_was_unseen_stays_so(one: Seen, count: int) -> None:
    def sees(place: Seen, number: int) -> bool:
        return number < place.high and number not in place.open

    less = one.without_last(count)
    for number in range(max(one.low - 150, 1), one.high + 50):
        assert sees(less, number) == (sees(one, number) and number < max(one.high - count, 1))


@pytest.mark.parametrize(
    "now",
    [
        BEGUN,
        replace(BEGUN, low=760, high=760, open=()),
        replace(BEGUN, low=739, open=(739,)),
    ],
)
def test_the_same_server_later_goes_on(now: Seen) -> None:
    assert not BEGUN.is_lost_to(now)


@pytest.mark.parametrize(
    "now",
    [
        replace(BEGUN, high=749),
        replace(BEGUN, file="16391"),
        replace(BEGUN, timeline="00000002"),
    ],
)
def test_a_server_that_is_behind_or_has_another_file_or_timeline_does_not(now: Seen) -> None:
    assert BEGUN.is_lost_to(now)


def test_a_server_that_had_not_said_its_timeline_may_say_it() -> None:
    assert not replace(BEGUN, timeline="").is_lost_to(BEGUN)
