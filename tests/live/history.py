"""Checks what a crowd saw against what Tally promises. Pure: observations in, a verdict out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from live.figures import Figures, Tally
from live.observation import Committed, Observation
from live.promises import Promise, checks_for

_TOLD: Final = 100
"""So many violations are told in words; all are counted."""
_USUAL: Final = Promise()


@dataclass(frozen=True, kw_only=True)
class History:
    """The verdict. `violations` are sentences, the first hundred; `broken` counts all by check."""

    violations: Sequence[str]
    broken: Mapping[str, int]
    figures: Figures

    def __str__(self) -> str:
        return "\n".join([str(self.figures), *self.violations])


def examine(
    observations: Iterable[Observation],
    timeline: Iterable[Committed] = (),
    promise: Promise = _USUAL,
    *,
    without: str = "",
) -> History:
    """Every observation through every check. `without` leaves one out, to show what it is for."""
    checks = checks_for(timeline, promise)
    checks.pop(without, None)
    told: list[str] = []
    broken: Counter[str] = Counter()
    tally = Tally()
    for seen in observations:
        tally.note(seen)
        for name, check in checks.items():
            if (sentence := check(seen)) is not None:
                broken[name] += 1
                told += [f"{name}: {_where(seen)} {sentence}"] if len(told) < _TOLD else []
    return History(violations=told, broken=broken, figures=tally.figures())


def _where(seen: Observation) -> str:
    condition = f" with {seen.sent}" if seen.sent else ""
    return f"{seen.poller} asked {seen.process} for {seen.job}{condition} at {seen.began:.3f}:"
