"""Numbers of the command line are taken where they can be meant, and refused in one line."""

from argparse import ArgumentTypeError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.given_numbers import between, positive


@pytest.mark.parametrize(("text", "number"), [("10", 10.0), ("0.5", 0.5), ("1e3", 1000.0)])
def test_a_number_is_taken(text: str, number: float) -> None:
    assert positive(text) == number


@pytest.mark.parametrize("text", ["0", "-1", "ten", "", "nan", "inf", "3,5"])
def test_what_is_no_number_above_zero_is_refused(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="is no number above 0"):
        positive(text)


def test_a_bound_is_taken_and_told() -> None:
    assert between(0, 60)("60") == 60.0
    with pytest.raises(ArgumentTypeError, match=r"'61' is no number above 0, at most 60"):
        between(0, 60)("61")


@given(st.text(max_size=8))
def test_any_text_is_a_number_within_the_bounds_or_refused(text: str) -> None:
    try:
        found = between(0, 60)(text)
    except ArgumentTypeError:
        return

    assert 0 < found <= 60
