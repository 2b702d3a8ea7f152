"""The numbers of a run: from the due moment, so that a stall shows."""

from live.figures import Spread, figures
from live.observation import Observation

POLL = Observation("p", "1", "a", "", 200, '"1.1"', "a", 1, False, "d", 0, 0, 0, "", 0, "")


def test_latency_counts_from_the_due_moment_and_from_the_question() -> None:
    polls = [POLL._replace(due=10.0, began=10.5, ended=10.5 + n / 100) for n in range(1, 101)]
    run = figures(polls)

    assert (run.late.p50, run.late.p99, run.late.max) == (1.0, 1.4900000000000002, 1.5)
    assert round(run.took.p50, 6) == 0.5
    assert str(run.took) == "p50 500.0, p99 990.0, max 1000.0 ms"


def test_answers_are_counted_by_status_and_by_how_they_came_to_be() -> None:
    run = figures(
        [
            POLL._replace(cache="tally; hit; ttl=3; detail=near"),
            POLL._replace(cache="tally; hit; ttl=29; detail=near", status=304),
            POLL._replace(cache="tally; fwd=miss; stored; detail=redis"),
            POLL._replace(status=0),
        ]
    )

    assert run.statuses == {200: 2, 304: 1, 0: 1}
    assert run.answered == {
        "tally; hit; detail=near": 2,
        "tally; fwd=miss; stored; detail=redis": 1,
        "nothing": 1,
    }


def test_the_bound_is_three_by_n() -> None:
    assert figures([POLL] * 600).bound == 0.005
    assert figures([]).bound == 1.0
    assert figures([]).late == Spread(p50=0.0, p99=0.0, max=0.0)
