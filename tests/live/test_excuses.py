"""What is excused is narrow: the right status, at the right process, in the right moment."""

import pytest

from live.excuses import Excuses
from live.observation import Observation

POLL = Observation(
    poller="p",
    process="8001",
    job="a",
    sent="",
    status=200,
    etag="",
    body_job="",
    body_version=0,
    body_done=False,
    digest="",
    due=0.0,
    began=0.0,
    ended=0.0,
    cache="",
    age=0,
    error="",
)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What `time.monotonic()` says where excuses are noted: the first of the list."""
    now = [0.0]
    monkeypatch.setattr("live.excuses.monotonic", lambda: now[0])
    return now


def poll(began: float, status: int, process: str = "8001") -> Observation:
    return POLL._replace(began=began, ended=began + 0.1, status=status, process=process)


def judged(excuses: Excuses, *polls: Observation) -> list[tuple[float, int]]:
    return [(it.began, it.status) for it in excuses.judged(polls)]


def test_503_will_do_only_while_the_database_is_away_and_a_moment_after(clock: list[float]) -> None:
    excuses = Excuses()
    clock[0] = 10.0
    with excuses.database_away():
        clock[0] = 12.0
    seen = [poll(at, status) for at in (9.0, 10.5, 14.5, 15.5) for status in (503, 0, 500)]

    assert judged(excuses, *seen) == [
        (9.0, 503),
        (9.0, 0),
        (9.0, 500),
        (10.5, 0),
        (10.5, 500),
        (14.5, 0),
        (14.5, 500),
        (15.5, 503),
        (15.5, 0),
        (15.5, 500),
    ]
    assert excuses.used == {503: 2}
    assert [it.began for it in excuses.calm(seen)] == [9.0] * 3 + [15.5] * 3


def test_no_answer_will_do_only_at_the_process_that_was_killed(clock: list[float]) -> None:
    excuses = Excuses()
    clock[0] = 10.0
    with excuses.process_away(8001):
        excuses.died(8001)
        clock[0] = 12.0

    assert judged(excuses, poll(11.0, 0), poll(11.0, 0, "8002"), poll(12.5, 0)) == [
        (11.0, 0),
        (12.5, 0),
    ]
    assert excuses.used == {0: 1}


def test_a_process_that_was_killed_is_another_one_from_then_on(clock: list[float]) -> None:
    excuses = Excuses()
    clock[0] = 10.0
    excuses.died(8001)
    lives = [
        it.process
        for it in excuses.judged([poll(9.9, 200), poll(10.1, 200), poll(11, 200, "8002")])
    ]

    assert lives == ["8001 (life 1)", "8001 (life 2)", "8002 (life 1)"]
