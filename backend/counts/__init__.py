"""Counts: numbers that all processes of one service add up. Knows no cache, no HTTP.

Why it is not a library's: docs/decisions/0009-shared-counts.md.
"""

from counts.board import Board
from counts.buckets import Histogram
from counts.folder import open_board
from counts.gaps import GAP_BOUNDS, Gaps
from counts.layout import Family, Layout, counters, gauges, histogram
from counts.reading import Reading, Totals

__all__ = [
    "GAP_BOUNDS",
    "Board",
    "Family",
    "Gaps",
    "Histogram",
    "Layout",
    "Reading",
    "Totals",
    "counters",
    "gauges",
    "histogram",
    "open_board",
]
