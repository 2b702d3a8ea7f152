"""How soon changes reach those who poll: from the commit to the first answer that has it. Pure."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from live.observation import Committed, Observation


def arrivals(
    polls: Iterable[Observation],
    timeline: Iterable[Committed],
    times: Iterable[tuple[float, float]],
) -> list[float]:
    """How long after each change in those times its version, or a later one, was first seen.

    Infinite where it never was.
    """
    first: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for it in sorted(polls, key=lambda it: it.ended):
        if it.version and (not first[it.job] or first[it.job][-1][0] < it.version):
            first[it.job].append((it.version, it.ended))
    within = [*times]
    return [
        next((at for version, at in first[it.job] if version >= it.version), math.inf) - it.at
        for it in timeline
        if any(began <= it.at < ended for began, ended in within)
    ]


def spread_of(seconds: Sequence[float]) -> str:
    """In words; of at least one. Nearest ranks."""
    ordered = sorted(seconds)
    p50, p99 = (ordered[math.ceil(len(ordered) * share) - 1] for share in (0.5, 0.99))
    figures = f"p50 {p50 * 1e3:.0f}, p99 {p99 * 1e3:.0f}, max {ordered[-1] * 1e3:.0f} ms"
    return f"{len(ordered)} changes arrived after {figures}"
