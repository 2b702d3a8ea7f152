"""Polls without a service or a clock: clients that poll at an interval, and what is measured of it.

Measured by the service's own parts: it watches a few pairs of job and client, and tells the median.
"""

import heapq
import random
from collections.abc import Iterator
from typing import Any, Final

from counts import GAP_BOUNDS, Gaps, Histogram
from counts.board import WATCH_CELLS
from counts.reading import SECOND_NS

JITTER: Final = 0.03
"""Clients are no clocks: each gap is off by so much of the interval, at most."""


def polls(clients: int, interval: float, seconds: float) -> Iterator[tuple[float, int]]:
    """When which client polls the job of its own."""
    chance = random.Random(7)
    due = [(chance.uniform(0.0, interval), client) for client in range(clients)]
    heapq.heapify(due)
    while due[0][0] < seconds:
        at, client = due[0]
        yield at, client
        gap = interval * chance.uniform(1 - JITTER, 1 + JITTER)
        heapq.heapreplace(due, (at + gap, client))


def polling_statistics(clients: int, interval: float, *, seconds: float) -> dict[str, Any]:
    """The field `polling` of the statistics, after so many seconds of such traffic."""
    now, asked = 0.0, 0
    gaps: list[float] = []
    cells = memoryview(bytearray(8 * WATCH_CELLS)).cast("q")
    watch = Gaps(cells, gaps.append, now=lambda: int(now * SECOND_NS) + SECOND_NS)
    beat = 0.0
    for at, client in polls(clients, interval, seconds):
        now, asked = at, asked + 1
        if now >= beat:
            watch.forget()
            beat = now + 0.5
        watch.polled(f"job_{client}", f"10.0.0.{client}")
    median = Histogram.of(GAP_BOUNDS, gaps).quantile(0.5)
    return {
        "interval_seconds": median,
        "samples": len(gaps),
        "pollers": None if median is None else asked / seconds * median,
    }
