"""The numbers of this process, where the other processes of its service can read them.

Counting is adding to a cell: no lock, no call to the system, some 50 ns. Each cell has one writer.
"""

import time
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from counts import windows
from counts.layout import BEAT, MAGIC, Layout
from counts.mapped_files import private_cells
from counts.reading import SECOND_NS, Reading, Sheet

WATCH_CELLS: Final = 128
"""Of gaps.py."""


def clock() -> int:
    """Nanoseconds, by a clock that all processes of a machine share."""
    return time.monotonic_ns()


class Board:
    """One process's cells. Not safe for several threads."""

    def __init__(
        self,
        layout: Layout,
        cells: memoryview,
        *,
        watch: memoryview,
        others: Callable[[], Sequence[Sheet]],
    ) -> None:
        """`watch`: cells that all processes of the service write; `others`: their boards now."""
        self.layout = layout
        self.cells = cells
        self.watch = watch
        self._others = others
        _take_over(cells, layout, clock())

    @classmethod
    def alone(cls, layout: Layout) -> "Board":
        """Of a process that is a whole service: in memory that nobody else sees."""
        cells = private_cells(layout.size + WATCH_CELLS)
        return cls(layout, cells[: layout.size], watch=cells[layout.size :], others=tuple)

    def timer(self, name: str) -> Callable[[float], None]:
        """Counts seconds in the histogram of that name."""
        cells, bounds = self.cells, self.layout.families[name].bounds
        place = self.layout.place(name)
        first, total = place.start, place.stop - 1

        def observe(seconds: float) -> None:
            cells[first + bisect_left(bounds, seconds)] += 1
            cells[total] += int(seconds * SECOND_NS)

        return observe

    def show(self, name: str, values: Mapping[str, int]) -> None:
        """What is so now, of a family of gauges."""
        cells = self.layout.cells(name)
        for member, value in values.items():
            self.cells[cells[member]] = value

    def beat(self) -> None:
        """To be called about twice a second: the others know by it that this process lives on."""
        windows.beat(self.cells, self.layout, clock())

    def read(self) -> Reading:
        """What all processes of the service have counted by now."""
        own = Sheet(cells=self.cells, living=True)
        return Reading(self.layout, [own, *self._others()], clock())


def _take_over(cells: memoryview, layout: Layout, now: int) -> None:
    """Begin on zeros, or go on where another process died: counters never go down."""
    if cells[MAGIC] == layout.fingerprint:
        for cell in layout.gauges:
            cells[cell] = 0
        windows.beat(cells, layout, now)
    else:
        windows.begin(cells, layout, now)
        cells[MAGIC] = layout.fingerprint  # last: from here on it is a board
    cells[BEAT] = 0
