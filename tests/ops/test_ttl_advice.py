"""Advice on the TTL: too short is to be changed, too long only where nothing else ends the old."""

from ops.measured import Measured, Number
from ops.ttl_advice import advise_ttl
from ops_statistics import measured_of


def polled(every: float, *, ttl: float = 30.0, follows: bool = True) -> Measured:
    return Measured(
        interval=Number(value=every, samples=500), ttl_seconds=ttl, follows=follows, hit_rate=99.7
    )


def test_a_ttl_shorter_than_its_row_is_to_be_changed() -> None:
    advice = advise_ttl(polled(10.0))

    assert advice.change == "CACHE_TTL_SECONDS=100"
    assert advice.recommended == "100 s"
    assert advice.measured == "one client polls one job every 10 s (the median of 500 samples)"


def test_a_ttl_within_its_row_is_left_alone() -> None:
    assert advise_ttl(polled(3.0)).change is None
    assert advise_ttl(polled(5.0, ttl=55.0)).change is None


def test_a_ttl_longer_than_its_row_costs_memory_only() -> None:
    advice = advise_ttl(polled(1.0, ttl=30.0))

    assert advice.change is None
    assert advice.recommended == "10 s"
    assert "no answer grows old for it" in advice.why[-1]


def test_without_a_near_tier_a_ttl_that_is_too_long_is_to_be_changed() -> None:
    advice = advise_ttl(polled(1.0, ttl=30.0, follows=False))

    assert advice.change == "CACHE_TTL_SECONDS=10"
    assert "bounds how old an answer may be" in advice.why[-1]


def test_the_reasons_are_the_formula_and_what_the_feed_makes_of_it() -> None:
    reasons = " ".join(advise_ttl(polled(10.0)).why)

    assert "66.7 % of such polls now, 90.0 % with 100 s: 1 - 1/ceil(TTL / interval)" in reasons
    assert "99.7 % of the polls of the last hour were hits" in reasons
    assert "3 polls now, 10 then" in reasons


def test_where_nobody_polls_nothing_is_recommended() -> None:
    advice = advise_ttl(measured_of(polling={"interval_seconds": None, "samples": 0}))

    assert (advice.row, advice.recommended, advice.change) == ((), "unknown", None)
    assert "--interval SECONDS" in advice.why[0]
