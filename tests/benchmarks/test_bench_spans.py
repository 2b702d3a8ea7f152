"""What is told of polls while Redis was frozen, in a stampede, and in the steady state."""

from benchmarks import frozen, stampede, steady
from benchmarks.load import Polled

SPANS = frozen.Spans(began=10.0, froze=12.0, thawed=17.0, ended=19.0)


def polled(sent: float, seconds: float, status: int = 200) -> Polled:
    return Polled(sent=sent, answered=sent + seconds, status=status)


def test_a_poll_counts_where_it_is_answered_and_its_time_while_it_was_under_way() -> None:
    polls = [polled(11.0, 0.5), polled(11.9, 6.0), polled(13.5, 0.1)]

    told = frozen.told(polls, SPANS)

    assert told["healthy_per_second"] == 0.5
    assert told["frozen_per_second"] == 0.2
    assert told["thawed_per_second"] == 0.5
    assert round(told["frozen_p99_ms"]) == 6000


def test_a_poll_that_fails_is_an_error_and_no_answer() -> None:
    told = frozen.told([polled(13.0, 0.1, 500), polled(14.0, 3.0, 0)], SPANS)

    assert (told["errors"], told["frozen_per_second"]) == (2, 0.0)


def test_warming_up_counts_for_nothing() -> None:
    told = frozen.told([polled(9.0, 0.1, 500)], SPANS)

    assert told["errors"] == 0
    assert told["frozen_p50_ms"] is None


def test_of_stampedes_the_median_is_told() -> None:
    found = [{**stampede.told([polled(0.0, 0.1)]), "reads": reads} for reads in (1, 500, 2)]

    assert stampede.summary(found)["reads"] == 2


def test_reads_are_told_per_change_and_process() -> None:
    told = steady.told([polled(0.0, 0.1, 304)], changes=100, reads=100)

    assert told["reads_per_change_and_process"] == 1 / steady.PROCESSES
    assert told["errors"] == 0
