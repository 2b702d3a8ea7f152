"""How many seconds something took, counted in buckets, and what can be told from that. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """Counts by upper bound in seconds, each bound within its bucket; one more for all above."""

    bounds: Sequence[float]
    buckets: Sequence[int]
    sum: float
    """Seconds."""

    @classmethod
    def of(cls, bounds: Sequence[float], samples: Iterable[float]) -> Self:
        """These samples, counted as the service counts them."""
        buckets, total = [0] * (len(bounds) + 1), 0.0
        for seconds in samples:
            buckets[bisect_left(bounds, seconds)] += 1
            total += seconds
        return cls(bounds=bounds, buckets=buckets, sum=total)

    @property
    def count(self) -> int:
        return sum(self.buckets)

    def quantile(self, share: float) -> float | None:
        """Below which so large a share lies, in seconds; None without samples.

        Interpolated within its bucket, as Prometheus does, so it is off by less than a bucket's
        width. What lies above all bounds counts as the last of them.
        """
        if not self.count:
            return None
        rank = share * self.count
        below = 0
        for number, bound in enumerate(self.bounds):
            inside = self.buckets[number]
            if inside and below + inside >= rank:
                lower = self.bounds[number - 1] if number else min(0.0, bound)
                return lower + (bound - lower) * max(0.0, rank - below) / inside
            below += inside
        return self.bounds[-1]

    def cumulative(self) -> dict[str, int]:
        """How many took so long or less, by the bound's name, as Prometheus counts."""
        names = (*(str(bound) for bound in self.bounds), "+Inf")
        return dict(zip(names, accumulate(self.buckets), strict=True))
