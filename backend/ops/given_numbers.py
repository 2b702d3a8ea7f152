"""Numbers on the command line, refused in one clear line where they cannot be meant. Pure."""

import math
from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import Final

MOST_POLLS: Final = 250_000
"""Of one run. Each is kept until its end, in some 200 bytes."""


class TooManyPolls(Exception):
    """More than can be kept; the message says what to lower."""


def between(least: float, most: float) -> Callable[[str], float]:
    """Takes a number from the least to the most; raises ArgumentTypeError for others."""

    def number(text: str) -> float:
        try:
            found = float(text)
        except ValueError:
            found = math.nan
        if not least <= found <= most:
            raise ArgumentTypeError(f"{text!r} is no number from {least:,.12g} to {most:,.12g}")
        return found

    return number


def check_load(*, rate: float, seconds: float, phases: int = 1) -> None:
    """Raises TooManyPolls. `rate` is in polls per second, `seconds` the length of each phase."""
    polls = rate * seconds * phases
    if polls > MOST_POLLS:
        times = f"{phases} x {seconds:g} s" if phases > 1 else f"{seconds:g} s"
        raise TooManyPolls(
            f"{rate:g} polls/s for {times} are {polls:,.0f} polls, and {MOST_POLLS:,} are the most:"
            " lower --rate or --seconds."
        )
