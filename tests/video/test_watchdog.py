"""A child has its whole time, and a shorter one in which it must move."""

from hypothesis import given
from hypothesis import strategies as st

from video.watchdog import Cut, Watchdog

SECONDS = st.floats(0.1, 1000)


@given(SECONDS, SECONDS, st.lists(st.floats(0, 100), max_size=20))
def test_patience_ends_exactly_when_a_verdict_falls(
    wall: float, stall: float, moves: list[float]
) -> None:
    dog, now = Watchdog(wall_seconds=wall, stall_seconds=stall, now=0.0), 0.0
    for later in moves:
        now += later
        due = dog.verdict(now) is not None
        assert (dog.patience(now) == 0.0) == due
        if due:
            return
        dog.moved(now)

    assert dog.verdict(now + dog.patience(now) + 1e-6) is not None


def test_who_moves_in_time_is_only_ended_by_the_clock() -> None:
    dog = Watchdog(wall_seconds=10, stall_seconds=2, now=100.0)
    for now in (101.5, 103.0, 104.5, 106.0, 107.5, 109.0):
        dog.moved(now)

    assert dog.verdict(109.9) is None
    assert dog.verdict(110.0) is Cut.TIME


def test_who_stands_still_is_ended_early() -> None:
    dog = Watchdog(wall_seconds=10, stall_seconds=2, now=100.0)
    dog.moved(101.0)

    assert dog.verdict(102.9) is None
    assert dog.verdict(103.0) is Cut.STALL
