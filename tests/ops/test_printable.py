"""What strangers say is shown whole where it is harmless, and harmless in any case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.printable import LONGEST, printable

ANYTHING = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("valkey 9.0.1, größer als 5 €", "valkey 9.0.1, größer als 5 €"),
        ("", ""),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("\x9b2J\x7f", "\\x9b2J\\x7f"),
        ("two\r\nlines", "two\\r\\nlines"),
        ("\ud800", "\\ud800"),
        ("\u202eright to left", "\\u202eright to left"),
    ],
)
def test_what_moves_a_cursor_or_hides_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(ANYTHING, st.integers(3, 300))
def test_whatever_it_is_a_terminal_can_show_it_and_it_is_short(text: str, longest: int) -> None:
    shown = printable(text, longest=longest)

    assert shown.isprintable()
    assert len(shown.encode().decode()) <= longest


def test_what_is_cut_says_so() -> None:
    assert printable("x" * LONGEST) == "x" * LONGEST
    assert printable("x" * (LONGEST + 1)) == "x" * (LONGEST - 3) + "..."
    assert printable("x" * 10_000, longest=None) == "x" * 10_000
