"""Numbers of the command line are taken where they can be meant, and refused in one line."""

from argparse import ArgumentTypeError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.given_numbers import MOST_POLLS, TooManyPolls, between, check_load


@pytest.mark.parametrize(("text", "number"), [("10", 10.0), ("0.5", 0.5), ("1e3", 1000.0)])
def test_a_number_is_taken(text: str, number: float) -> None:
    assert between(0.5, 1000)(text) == number


@pytest.mark.parametrize(
    "text", ["0", "-1", "0.0009", "1e-320", "1e6", "1e308", "ten", "", "nan", "inf", "3,5"]
)
def test_what_is_no_number_within_the_bounds_is_refused_and_they_are_told(text: str) -> None:
    with pytest.raises(ArgumentTypeError) as refused:
        between(0.001, 86_400)(text)

    assert str(refused.value) == f"{text!r} is no number from 0.001 to 86,400"


@given(st.text(max_size=8))
def test_any_text_is_a_number_within_the_bounds_or_refused(text: str) -> None:
    try:
        found = between(0, 60)(text)
    except ArgumentTypeError:
        return

    assert 0 <= found <= 60


@pytest.mark.parametrize(("rate", "seconds", "phases"), [(50, 3600, 1), (1000, 50, 5)])
def test_a_load_that_can_be_kept_is_taken(rate: float, seconds: float, phases: int) -> None:
    check_load(rate=rate, seconds=seconds, phases=phases)


@given(
    st.floats(min_value=0.1, max_value=1000),
    st.floats(min_value=0.1, max_value=3600),
    st.integers(min_value=1, max_value=5),
)
def test_a_load_is_taken_up_to_the_most_polls(rate: float, seconds: float, phases: int) -> None:
    taken = True
    try:
        check_load(rate=rate, seconds=seconds, phases=phases)
    except TooManyPolls:
        taken = False

    assert taken is (rate * seconds * phases <= MOST_POLLS)


def test_a_load_that_cannot_be_kept_is_refused_in_one_line() -> None:
    with pytest.raises(TooManyPolls) as refused:
        check_load(rate=1000, seconds=3600)

    assert str(refused.value) == (
        "1000 polls/s for 3600 s are 3,600,000 polls, and 250,000 are the most:"
        " lower --rate or --seconds."
    )
