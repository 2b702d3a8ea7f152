"""What is told of polls while Redis was frozen, in a stampede, and in the steady state."""

import pytest

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


def test_the_worst_stampede_is_told_beside_the_median_and_stands_on_the_page() -> None:
    counts = ((1, 0), (1, 0), (3, 500))
    found = [{**stampede.told([]), "reads": reads, "errors": errors} for reads, errors in counts]
    found = [{**one, "p50_ms": 1.0, "p99_ms": 2.0} for one in found]

    told = stampede.summary(found)

    assert told["worst"] == {"reads": 3, "errors": 500}
    assert "| Tally | 1 (worst 3) | 0 (worst 500) | 1 | 2 |" in stampede.page({"Tally": told})


def test_where_none_was_worse_the_median_stands_alone_on_the_page() -> None:
    one = {"reads": 1, "errors": 0, "p50_ms": 84.2, "p99_ms": 104.7}

    page = stampede.page({"Tally": stampede.summary([one])})

    assert "| Tally | 1 | 0 | 84 | 105 |" in page


def test_reads_are_told_per_change_and_process() -> None:
    told = steady.told([polled(0.0, 0.1, 304)], seconds=1.0, changes=100, reads=100)

    assert told["reads_per_change_and_process"] == 1 / steady.PROCESSES
    assert told["errors"] == 0


@pytest.mark.parametrize("changes", [0, 1349])
def test_a_steady_state_in_which_too_little_changed_was_not_measured(changes: int) -> None:
    with pytest.raises(ValueError, match=f"only {changes} of 1500 changes"):
        steady.told([polled(0.0, 0.1, 304)], seconds=15.0, changes=changes, reads=0)


@pytest.mark.parametrize("changes", [1350, 1517])
def test_nine_tenths_of_the_changes_are_enough(changes: int) -> None:
    told = steady.told([polled(0.0, 0.1, 304)], seconds=15.0, changes=changes, reads=0)

    assert (told["changes"], told["due"]) == (changes, 1500)
