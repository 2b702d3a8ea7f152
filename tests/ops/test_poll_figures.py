"""Figures of polls: what is an error, what is a step back, and how long it took."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.poll_figures import Look, sum_up

SECONDS = st.floats(min_value=0.0, max_value=5.0)


def look(seconds: float = 0.01, status: int = 200, version: int = 3, floor: int = 3) -> Look:
    return Look(due=0.0, seconds=seconds, status=status, version=version, floor=floor)


@pytest.mark.parametrize(
    ("status", "errors"), [(200, 0), (304, 0), (410, 0), (404, 1), (503, 1), (500, 1), (0, 1)]
)
def test_a_deleted_job_is_an_answer_and_a_missing_one_an_error(status: int, errors: int) -> None:
    assert sum_up([look(status=status)]).errors == errors


@pytest.mark.parametrize(("version", "floor", "back"), [(3, 3, 0), (4, 3, 0), (2, 3, 1), (0, 3, 0)])
def test_an_older_version_than_was_seen_is_a_step_back(version: int, floor: int, back: int) -> None:
    figures = sum_up([look(version=version, floor=floor)])

    assert figures.steps_back == back
    assert figures.fine is (back == 0)


def test_the_figures_are_told_in_one_line_with_the_errors_by_kind() -> None:
    figures = sum_up(
        [look(0.001)] * 98
        + [look(0.5, 503), Look(due=0.0, seconds=5.0, status=0, trouble="Connection refused")]
    )

    assert str(figures) == (
        "100 polls, 2 errors, 0 steps back, p50 1.0 ms, p95 1.0 ms, p99 500.0 ms "
        "(1 x status 503, 1 x Connection refused)"
    )
    assert figures.as_json()["latency_ms"] == {"p50": 1.0, "p95": 1.0, "p99": 500.0, "max": 5000.0}


def test_without_polls_there_are_no_latencies_and_nothing_is_fine() -> None:
    assert not sum_up([]).fine
    assert sum_up([]).as_json()["latency_ms"] == {
        "p50": None,
        "p95": None,
        "p99": None,
        "max": None,
    }


@given(st.lists(SECONDS, min_size=1))
def test_so_many_polls_are_not_slower_than_a_percentile(seconds: list[float]) -> None:
    figures = sum_up(map(look, seconds))

    for share, told in ((0.5, figures.p50_ms), (0.95, figures.p95_ms), (0.99, figures.p99_ms)):
        assert told is not None
        within = sum(1000 * one <= told + 0.006 for one in seconds)
        assert within >= math.ceil(share * len(seconds))
