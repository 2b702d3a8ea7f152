"""What a poller saw, and the figures that sum it up. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

_FINE: Final = (200, 304, 410)
"""410: the job was deleted, which is an answer. 404 is none: the job was there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """One poll as its client saw it. Without an answer the status is 0 and `trouble` says why.

    `seconds` count from when the poll was due, not from when it could be sent. `floor` is the
    version that the client had seen when it asked, `version` that of the answer; 0: none.
    """

    due: float
    seconds: float
    status: int
    version: int = 0
    floor: int = 0
    trouble: str = ""

    @property
    def error(self) -> bool:
        return self.status not in _FINE

    @property
    def step_back(self) -> bool:
        """Whether the client was given an older version than it had seen."""
        return 0 < self.version < self.floor


@dataclass(frozen=True, kw_only=True)
class PollFigures:
    """Of some polls. Latencies in milliseconds; None without any."""

    polls: int
    errors: int
    steps_back: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    max_ms: float | None
    troubles: Mapping[str, int]
    """Errors by what they were."""

    @property
    def fine(self) -> bool:
        """Without any poll nothing is known, so that is not fine."""
        return self.polls > 0 and not (self.errors or self.steps_back)

    def as_json(self) -> dict[str, Any]:
        latency = {
            "p50": self.p50_ms,
            "p95": self.p95_ms,
            "p99": self.p99_ms,
            "max": self.max_ms,
        }
        return {
            "polls": self.polls,
            "errors": self.errors,
            "steps_back": self.steps_back,
            "latency_ms": latency,
            "troubles": dict(self.troubles),
        }

    def __str__(self) -> str:
        told = (
            f"{self.polls} polls, {self.errors} errors, {self.steps_back} steps back, "
            f"p50 {_ms(self.p50_ms)}, p95 {_ms(self.p95_ms)}, p99 {_ms(self.p99_ms)}"
        )
        why = ", ".join(f"{count} x {trouble}" for trouble, count in self.troubles.items())
        return f"{told} ({why})" if why else told


def sum_up(looks: Iterable[Look]) -> PollFigures:
    """The figures of these polls, in any order."""
    seen = list(looks)
    took = sorted(look.seconds for look in seen)
    return PollFigures(
        polls=len(seen),
        errors=sum(look.error for look in seen),
        steps_back=sum(look.step_back for look in seen),
        p50_ms=_quantile(took, 0.50),
        p95_ms=_quantile(took, 0.95),
        p99_ms=_quantile(took, 0.99),
        max_ms=_quantile(took, 1.0),
        troubles=Counter(look.trouble or f"status {look.status}" for look in seen if look.error),
    )


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    """The smallest value that so many are not above, in milliseconds."""
    if not ordered:
        return None
    place = max(0, ceil(share * len(ordered)) - 1)
    return round(ordered[place] * 1000, 2)


def _ms(number: float | None) -> str:
    return "-" if number is None else f"{number:.1f} ms"
