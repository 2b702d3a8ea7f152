"""Requests by route, method and class of status, and how long they took."""

import pytest

from api import HTTP_COUNTS, HttpCounts
from counts import Board, CellMap, histogram

POLL = "/api/v2/jobs/{job_id}"


FINE = (
    0.0001,
    0.0005,
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
)


@pytest.fixture
def board() -> Board:
    return Board.alone(CellMap((histogram("polls", FINE), *HTTP_COUNTS)))


@pytest.fixture
def counts(board: Board) -> HttpCounts:
    return HttpCounts(board, "polls")


def test_answers_are_counted_by_class_and_timed_by_route_and_method(counts: HttpCounts) -> None:
    for status in (200, 201, 304, 404, 503):
        counts.observe(POLL, "GET", status, 0.002)
    counts.observe("/livez", "HEAD", 200, 0.1)
    told = counts.numbers()

    assert told["answers"] == {
        (POLL, "GET", "2xx"): 2,
        (POLL, "GET", "3xx"): 1,
        (POLL, "GET", "4xx"): 1,
        (POLL, "GET", "5xx"): 1,
        ("/livez", "HEAD", "2xx"): 1,
    }
    assert set(told["seconds"]) == {(POLL, "GET"), ("/livez", "HEAD")}
    assert told["seconds"][POLL, "GET"]["buckets"]["0.001"] == 0
    assert told["seconds"][POLL, "GET"]["buckets"]["+Inf"] == 5
    assert told["seconds"][POLL, "GET"]["sum"] == pytest.approx(0.01)


def test_polls_of_the_fast_lane_are_polls_and_counted_besides(counts: HttpCounts) -> None:
    counts.observe(POLL, "GET", 200, 0.001)
    counts.laned(304, 0.0001)
    told = counts.numbers()

    assert told["laned"] == 1
    assert told["answers"] == {(POLL, "GET", "2xx"): 1, (POLL, "GET", "3xx"): 1}
    assert told["seconds"][POLL, "GET"]["buckets"]["+Inf"] == 2


def test_a_method_that_nobody_knows_is_other(counts: HttpCounts) -> None:
    counts.observe("other", "BREW", 501, 0.001)

    assert counts.numbers()["answers"] == {("other", "other", "5xx"): 1}


def test_polls_are_timed_in_the_finer_histogram(counts: HttpCounts, board: Board) -> None:
    counts.observe(POLL, "GET", 200, 0.0002)
    counts.observe(POLL, "GET", 304, 0.001)
    counts.observe(POLL, "DELETE", 204, 0.002)
    counts.observe("/livez", "GET", 200, 0.003)

    took = board.read().ever().histogram("polls")
    told = counts.numbers()["seconds"][POLL, "GET"]["buckets"]
    assert (took.count, [*took.buckets[:3]]) == (2, [0, 1, 1])
    assert [*told.items()][:2] == [("0.0005", 1), ("0.001", 2)]
