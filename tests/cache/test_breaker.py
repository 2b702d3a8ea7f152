"""The circuit breaker, under any sequence of calls at any times."""

from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from cache.breaker import CALLS, IN_A_ROW, WINDOW_SECONDS, Breaker

STEPS: Final = st.lists(
    st.tuples(st.sampled_from(["good", "bad", "probe"]), st.floats(0.0, 2.0)), max_size=120
)


def closed() -> Breaker:
    breaker = Breaker()
    breaker.close()
    return breaker


def test_it_begins_open_for_nothing_is_proven() -> None:
    assert not Breaker().closed


def test_the_fifth_failure_in_a_row_opens_it_and_says_so_once() -> None:
    breaker = closed()

    said = [breaker.failed(0.0) for _ in range(IN_A_ROW + 2)]

    assert said == [False] * (IN_A_ROW - 1) + [True, False, False]
    assert not breaker.closed


def test_one_success_between_begins_the_row_anew() -> None:
    breaker = closed()
    for _ in range(IN_A_ROW - 1):
        breaker.failed(0.0)
    breaker.succeeded(0.0)
    for _ in range(IN_A_ROW - 1):
        breaker.failed(0.0)

    assert breaker.closed


def test_probes_refused_in_a_row_open_it_though_calls_between_them_succeed() -> None:
    """A full server answers gets: they must not hide that it takes nothing any more."""
    breaker = closed()
    for number in range(IN_A_ROW - 1):
        breaker.failed(0.0, probe=True)
        for _ in range(9):
            breaker.succeeded(0.0)

        assert breaker.closed, number
    assert breaker.failed(0.0, probe=True)


def test_a_good_probe_begins_their_row_anew_and_so_does_closing() -> None:
    breaker = closed()
    for _ in range(2):
        for _ in range(IN_A_ROW - 1):
            breaker.failed(0.0, probe=True)
            for _ in range(9):
                breaker.succeeded(0.0)
        breaker.succeeded(0.0, probe=True)
    for _ in range(IN_A_ROW - 1):
        breaker.failed(9.0, probe=True)
        breaker.succeeded(9.0)
    assert breaker.closed

    breaker.failed(9.0, probe=True)
    breaker.close()
    assert not breaker.failed(9.0, probe=True)
    assert breaker.closed


def test_half_of_twenty_calls_opens_it_without_a_row() -> None:
    breaker = closed()
    for _ in range(CALLS // 2 - 1):
        breaker.succeeded(0.0)
        breaker.failed(0.0)
    breaker.succeeded(0.0)

    assert breaker.closed
    assert breaker.failed(0.0)


def test_failures_older_than_the_window_are_forgotten() -> None:
    breaker = closed()
    for _ in range(CALLS // 2 - 1):
        breaker.succeeded(0.0)
        breaker.failed(0.0)
    breaker.succeeded(0.0)

    assert not breaker.failed(WINDOW_SECONDS + 1.0)


def test_no_success_closes_it() -> None:
    breaker = Breaker()
    for second in range(100):
        breaker.succeeded(float(second))

    assert not breaker.closed


def test_only_the_probe_closes_it_and_says_so_once() -> None:
    breaker = Breaker()

    assert [breaker.close(), breaker.close()] == [True, False]
    assert breaker.closed


def test_after_closing_the_past_is_forgotten() -> None:
    breaker = closed()
    for _ in range(IN_A_ROW):
        breaker.failed(0.0)
    breaker.close()

    assert not any(breaker.failed(0.0) for _ in range(IN_A_ROW - 1))


class Ledger:
    """The rule written down plainly: it keeps every call since the last closing."""

    def __init__(self) -> None:
        self.closed = False
        self.calls: list[tuple[int, bool]] = []

    def step(self, kind: str, now: float) -> None:
        if kind == "probe":
            self.calls = self.calls if self.closed else []
            self.closed = True
            return
        self.calls.append((int(now), kind == "good"))
        window = [good for second, good in self.calls if second > int(now) - WINDOW_SECONDS]
        row = [good for _, good in self.calls[-IN_A_ROW:]]
        bad = window.count(False)
        tripped = row == [False] * IN_A_ROW or (len(window) >= CALLS and 2 * bad >= len(window))
        if kind == "bad" and tripped:
            self.closed = False


@given(STEPS)
def test_it_does_what_the_plain_rule_says(steps: list[tuple[str, float]]) -> None:
    breaker, ledger, now = Breaker(), Ledger(), 0.0
    for kind, pause in steps:
        now += pause
        act = {"good": breaker.succeeded, "bad": breaker.failed}.get(kind)
        act(now) if act else breaker.close()
        ledger.step(kind, now)

        assert breaker.closed == ledger.closed
