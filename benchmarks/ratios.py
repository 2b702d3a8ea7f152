"""Medians, spreads and ratios of rounds. Pure.

Ratios are taken round by round: the two sides of a pair are at most about a minute apart, so that
what slows the machine for longer slows both.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil
from statistics import median
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Middle:
    """The median of some rounds, and the least and the greatest."""

    median: float
    least: float
    greatest: float

    def as_json(self) -> dict[str, float]:
        return asdict(self)


def middle(values: Sequence[float]) -> Middle:
    """Raises ValueError for none."""
    return Middle(median=median(values), least=min(values), greatest=max(values))


def paired(ours: Sequence[float], theirs: Sequence[float]) -> Middle:
    """`ours` in multiples of `theirs`, round by round. Raises ValueError for none."""
    return middle([one / other for one, other in zip(ours, theirs, strict=True)])


def percentile(values: Sequence[float], share: float) -> float | None:
    """The nearest rank: the least value that so great a share of them does not exceed. None for
    no values."""
    rank = ceil(round(len(values) * share, 6))
    return sorted(values)[max(rank, 1) - 1] if values else None


def in_turn(steps: Sequence[T], number: int) -> Sequence[T]:
    """The steps of that round: every second one goes backwards, so that nobody always comes after
    the same one."""
    return steps[::-1] if number % 2 else steps


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """As Markdown; the first column is words, the others are numbers."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))
