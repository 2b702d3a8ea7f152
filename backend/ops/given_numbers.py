"""Numbers on the command line, refused in one clear line where they cannot be meant. Pure."""

import math
from argparse import ArgumentTypeError
from collections.abc import Callable


def positive(text: str) -> float:
    """A number above 0. Raises ArgumentTypeError."""
    return between(0.0, math.inf)(text)


def between(least: float, most: float) -> Callable[[str], float]:
    """Takes a number above the least and at most the most; raises ArgumentTypeError for others."""
    bounds = f"above {least:g}" + (f", at most {most:g}" if math.isfinite(most) else "")

    def number(text: str) -> float:
        try:
            found = float(text)
        except ValueError:
            found = math.nan
        if not (least < found <= most) or math.isinf(found):
            raise ArgumentTypeError(f"{text!r} is no number {bounds}")
        return found

    return number
