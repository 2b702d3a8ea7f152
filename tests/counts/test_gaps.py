"""How long clients wait between two polls: a few are watched, by all processes together."""

import random
from collections.abc import Callable
from typing import Any, cast

import pytest

from counts import GAP_BOUNDS, Gaps, Histogram
from counts.board import WATCH_CELLS
from counts.mapped_files import private_cells

MINUTE = 60.0
POLLED_NS = 1_000_000_000_000


class Watched:
    """The watch of a service of two processes, and the gaps that it has seen."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.now = 1000.0
        cells = private_cells(WATCH_CELLS)
        self.one, self.other = (
            Gaps(cells, self.seconds.append, now=lambda: int(self.now * 1e9)) for _ in range(2)
        )

    def after(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_the_next_poll_of_the_same_job_by_the_same_client_ends_a_gap(watched: Watched) -> None:
    watched.one.polled("job", "10.0.0.1")
    watched.after(2.5)
    watched.one.polled("job", "10.0.0.1")

    assert watched.seconds == [2.5]


def test_the_next_poll_may_meet_another_process(watched: Watched) -> None:
    watched.one.polled("job", "10.0.0.1")
    watched.after(2.5)
    watched.other.polled("job", "10.0.0.1")

    assert watched.seconds == [2.5]


def test_another_client_or_another_job_ends_none(watched: Watched) -> None:
    watched.one.polled("job", "10.0.0.1")
    watched.one.polled("job", "10.0.0.2")
    watched.one.polled("other", "10.0.0.1")

    assert watched.seconds == []


def test_the_last_poll_of_a_job_ends_a_gap_and_begins_none(watched: Watched) -> None:
    watched.one.polled("job", "client")
    watched.after(1.0)
    watched.one.polled("job", "client", True)
    watched.after(1.0)
    watched.one.polled("job", "client", True)
    watched.after(1.0)
    watched.one.polled("job", "client")

    assert watched.seconds == [1.0]


def test_where_a_gap_was_told_the_next_pair_is_watched_after_the_next_beat_of_any_process(
    watched: Watched,
) -> None:
    for _ in range(5):
        watched.one.polled("job", "client")
        watched.after(2.0)
    told_before = [*watched.seconds]
    watched.other.forget()
    for _ in range(2):
        watched.one.polled("job", "client")
        watched.after(3.0)

    assert told_before == [2.0]
    assert watched.seconds == [2.0, 3.0]


def test_who_does_not_come_back_within_ten_minutes_is_forgotten(watched: Watched) -> None:
    watched.one.polled("job", "client")
    watched.after(10 * MINUTE + 1)
    watched.one.forget()
    watched.one.polled("job", "client")
    watched.after(3.0)
    watched.one.polled("job", "client")

    assert watched.seconds == [3.0]


def test_no_more_than_64_pairs_are_watched_and_places_come_free_again(watched: Watched) -> None:
    jobs = [f"job{number}" for number in range(1000)]
    for _ in range(2):
        for job in jobs:
            watched.one.polled(job, "client")
        watched.after(5.0)

    assert 32 < len(watched.seconds) <= 64
    assert watched.seconds == [5.0] * len(watched.seconds)

    watched.seconds.clear()
    watched.after(11 * MINUTE)
    watched.other.forget()
    for _ in range(2):
        watched.one.polled("late", "client")
        watched.after(1.0)

    assert watched.seconds == [1.0]


class Overlooked(list[int]):
    """Cells, and the gaps that another process would tell after each write of one of them."""

    def __init__(self) -> None:
        super().__init__([0] * WATCH_CELLS)
        self.told: list[float] = []

    def __setitem__(self, place: Any, value: Any) -> None:
        super().__setitem__(place, value)
        seen = cast(memoryview, [*self])
        Gaps(seen, self.told.append, now=lambda: POLLED_NS).polled("job", "client")


def test_who_looks_between_the_two_writes_of_a_pair_tells_no_gap_that_never_was() -> None:
    cells = Overlooked()
    Gaps(cast(memoryview, cells), cells.told.append, now=lambda: POLLED_NS).polled("job", "client")

    assert cells.told == [0.0], "once both are written, and not before"


@pytest.mark.parametrize("interval", [1, 2, 3, 5, 10, 30, 60])
def test_the_usual_intervals_are_told_apart_by_the_median(
    watched: Watched, interval: float
) -> None:
    """300 clients, each a few hundredths of a second early or late, at either process."""
    dice = random.Random(interval)
    due = [(dice.random() * interval, client) for client in range(300)]
    beat = 0.0
    for _ in range(3000):
        at, client = min(due)
        watched.now = at
        if at >= beat:
            dice.choice((watched.one, watched.other)).forget()
            beat = at + 0.5
        either: Callable[..., None] = dice.choice((watched.one, watched.other)).polled
        either(f"job{client}", "host")
        due[client] = (at + interval + dice.uniform(-0.03, 0.03), client)
    median = Histogram.of(GAP_BOUNDS, watched.seconds).quantile(0.5)

    assert len(watched.seconds) > 100
    assert median == pytest.approx(interval, rel=0.05)
