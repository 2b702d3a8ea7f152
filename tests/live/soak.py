"""Whether this run may take its time: `make soak` sets TALLY_SOAK=1 and wants the figures printed.

Every journey with a long form runs its short one with all tests.
"""

import os
from typing import Final, TypeVar

T = TypeVar("T")

SOAK: Final = os.environ.get("TALLY_SOAK", "") == "1"


def longer(short: T, long: T) -> T:
    """The first with all tests, the second in a soak."""
    return long if SOAK else short


def say(words: object) -> None:
    """Prints a figure in a soak, which runs without capturing; else the tests stay quiet."""
    if SOAK:
        print(f"\n{words}", flush=True)  # noqa: T201 - what a soak is run for
