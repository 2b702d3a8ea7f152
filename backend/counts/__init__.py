"""Counts: numbers that all processes of one service add up. Knows no cache, no HTTP.

Why it is not a library's: docs/decisions/0009-shared-counts.md.
"""

from counts.board import Board
from counts.buckets import Histogram
from counts.cell_map import CellMap, Family, counters, gauges, histogram
from counts.folder import open_board
from counts.gaps import GAP_BOUNDS, Gaps
from counts.reading import Reading, Totals

__all__ = [
    "GAP_BOUNDS",
    "Board",
    "CellMap",
    "Family",
    "Gaps",
    "Histogram",
    "Reading",
    "Totals",
    "counters",
    "gauges",
    "histogram",
    "open_board",
]
