"""How long Redis was away in a failover, as the service told it; whole drills: tests/live."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from example_evidence import down
from ops.failover import Moment, outage_seconds, read_moment
from ops_statistics import telling

A, B = "redis://a:1/0", "redis://b:1/0"


def moments(states: str, every: float = 0.1) -> list[Moment]:
    """One for each letter: w for whole, a for away."""
    return [
        Moment(at=place * every, whole=state == "w", servers=frozenset())
        for place, state in enumerate(states)
    ]


@pytest.mark.parametrize(
    ("states", "seconds"),
    [
        ("wwww", 0.0),
        ("waaw", 0.2),
        ("wawaw", 0.2),
        ("waaa", 0.2),
        ("aaaa", 0.3),
        ("w", 0.0),
    ],
)
def test_an_outage_is_all_the_time_that_something_was_away(states: str, seconds: float) -> None:
    assert outage_seconds(moments(states), 0.0) == pytest.approx(seconds)


def test_what_was_before_the_question_is_no_part_of_it() -> None:
    assert outage_seconds(moments("waawwaw"), 0.35) == pytest.approx(0.1)


@given(st.text(alphabet="wa", min_size=1, max_size=50))
def test_an_outage_is_never_longer_than_the_drill(states: str) -> None:
    assert 0.0 <= outage_seconds(moments(states), 0.0) <= 0.1 * len(states)


@pytest.mark.parametrize(
    ("servers", "enabled", "whole"),
    [
        ({A: "in use"}, True, True),
        ({A: "in use", B: "in use"}, True, True),
        ({A: "in use", B: "away"}, True, False),
        ({A: "away"}, False, False),
        ({}, True, False),
    ],
)
def test_redis_is_whole_when_every_server_is_in_use(
    servers: dict[str, str], enabled: bool, whole: bool
) -> None:
    moment = read_moment(telling({"redis_enabled": enabled, "servers": servers}), 7.0)

    assert (moment.at, moment.whole) == (7.0, whole)
    assert moment.servers == {name for name, state in servers.items() if state == "in use"}


def test_of_a_service_that_does_not_answer_nothing_is_in_use() -> None:
    assert read_moment(down(), 1.0) == Moment(at=1.0, whole=False, servers=frozenset())
