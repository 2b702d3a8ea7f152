"""Requests by route, method and class of status, and how long they took."""

import pytest

from api import HTTP_COUNTS, HttpCounts
from counts import Board, CellMap

POLL = "/api/v2/jobs/{job_id}"


@pytest.fixture
def polls() -> list[float]:
    return []


@pytest.fixture
def counts(polls: list[float]) -> HttpCounts:
    return HttpCounts(Board.alone(CellMap(HTTP_COUNTS)), polls.append)


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


def test_a_method_that_nobody_knows_is_other(counts: HttpCounts) -> None:
    counts.observe("other", "BREW", 501, 0.001)

    assert counts.numbers()["answers"] == {("other", "other", "5xx"): 1}


def test_what_polls_took_is_told_besides(counts: HttpCounts, polls: list[float]) -> None:
    counts.observe(POLL, "GET", 304, 0.001)
    counts.observe(POLL, "DELETE", 204, 0.002)
    counts.observe("/livez", "GET", 200, 0.003)

    assert polls == [0.001]
