"""Numbers that sum up many polls: how many, what was answered, how long it took. Pure."""

import math
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from live.observation import Observation


@dataclass(frozen=True, kw_only=True)
class Figures:
    """`late` is from the due moment, `took` from the moment the poll began; seconds."""

    polls: int
    statuses: Mapping[int, int]
    answered: Mapping[str, int]
    """By Cache-Status, without its ttl."""
    late: "Spread"
    took: "Spread"

    @property
    def bound(self) -> float:
        """With 0 violations in N polls, the true rate is below this at 95 % (rule of three)."""
        return min(1.0, 3 / self.polls) if self.polls else 1.0

    def __str__(self) -> str:
        return "\n".join(
            [
                f"{self.polls} polls; 0 violations would mean a rate below {self.bound:.2g} (95 %)",
                f"statuses: {_told(self.statuses)}",
                f"answered: {_told(self.answered)}",
                f"from the due moment: {self.late}; from the question: {self.took}",
            ]
        )


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Of latencies in seconds; all 0 where there are none."""

    p50: float
    p99: float
    max: float

    def __str__(self) -> str:
        return f"p50 {self.p50 * 1e3:.1f}, p99 {self.p99 * 1e3:.1f}, max {self.max * 1e3:.1f} ms"


@dataclass
class Tally:
    """Counts one observation after the other; keeps two numbers of each."""

    _statuses: Counter[int] = field(default_factory=Counter)
    _answered: Counter[str] = field(default_factory=Counter)
    _late: "array[float]" = field(default_factory=lambda: array("d"))
    _took: "array[float]" = field(default_factory=lambda: array("d"))

    def note(self, seen: Observation) -> None:
        self._statuses[seen.status] += 1
        self._answered[re.sub(r"; ttl=\d+", "", seen.cache) or "nothing"] += 1
        self._late.append(seen.ended - seen.due)
        self._took.append(seen.ended - seen.began)

    def figures(self) -> Figures:
        return Figures(
            polls=len(self._late),
            statuses=self._statuses,
            answered=self._answered,
            late=_spread(self._late),
            took=_spread(self._took),
        )


def figures(observations: Iterable[Observation]) -> Figures:
    tally = Tally()
    for seen in observations:
        tally.note(seen)
    return tally.figures()


def _spread(seconds: Iterable[float]) -> Spread:
    ordered = sorted(seconds)
    return Spread(p50=_share(ordered, 0.5), p99=_share(ordered, 0.99), max=_share(ordered, 1.0))


def _share(ordered: Sequence[float], share: float) -> float:
    """The nearest rank: the smallest value that so large a share does not exceed."""
    if not ordered:
        return 0.0
    return ordered[math.ceil(len(ordered) * share) - 1]


def _told(counts: Mapping[int, int] | Mapping[str, int]) -> str:
    return ", ".join(f"{name}: {count}" for name, count in sorted(counts.items()))
