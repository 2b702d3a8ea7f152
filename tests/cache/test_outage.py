"""Whether the database is asked while it seems away: by one poll a second, until it answers."""

import pytest

from cache.outage import Outage


def test_while_the_feed_gets_through_there_is_none() -> None:
    assert not Outage().likely(10.0, failing=False)


def test_while_it_fails_one_poll_a_second_finds_out() -> None:
    outage = Outage()
    tried = []
    for tick in range(30):
        now = 10.0 + tick / 10
        assert outage.likely(now, failing=True)
        if outage.may_try(now):
            outage.asks(now)
            tried.append(tick)

    assert tried == [0, 10, 20]


@pytest.mark.parametrize(("later", "expected"), [(0.0, False), (0.9, False), (1.0, True)])
def test_a_database_that_answers_is_not_away_for_a_second(later: float, expected: bool) -> None:
    outage = Outage()
    outage.asks(10.0)
    outage.answered(20.0)

    assert outage.likely(20.0 + later, failing=True) is expected
