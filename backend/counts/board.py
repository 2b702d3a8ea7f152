"""The numbers of this process, where the other processes of its service can read them.

Counting is adding to a cell: no lock, no call to the system. A counter took 0.1-0.2 us
where it was measured, a histogram 0.8 us. Each cell has one writer.
"""

import time
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from counts import windows
from counts.cell_map import BEAT, MAGIC, CellMap
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
        cell_map: CellMap,
        cells: memoryview,
        *,
        watch: memoryview,
        others: Callable[[], Sequence[Sheet]],
        shared: Callable[[], bool] = lambda: True,
    ) -> None:
        """`watch`: cells that all processes of the service write; `others`: their boards now;
        `shared`: whether each of them has one."""
        self.cell_map = cell_map
        self.cells = cells
        self.watch = watch
        self._others = others
        self._shared = shared
        _take_over(cells, cell_map, clock())

    @classmethod
    def alone(cls, cell_map: CellMap, *, shared: bool = True) -> "Board":
        """In memory that nobody else sees: of a process that is a whole service, or, not `shared`,
        of one that is not and can share nothing."""
        cells = private_cells(cell_map.size + WATCH_CELLS)
        own, watch = cells[: cell_map.size], cells[cell_map.size :]
        return cls(cell_map, own, watch=watch, others=tuple, shared=lambda: shared)

    def timer(self, name: str) -> Callable[[float], None]:
        """Counts seconds in the histogram of that name."""
        cells, bounds = self.cells, self.cell_map.families[name].bounds
        place = self.cell_map.place(name)
        first, total = place.start, place.stop - 1

        def observe(seconds: float) -> None:
            cells[first + bisect_left(bounds, seconds)] += 1
            cells[total] += int(seconds * SECOND_NS)

        return observe

    def show(self, name: str, values: Mapping[str, int]) -> None:
        """What is so now, of a family of gauges."""
        cells = self.cell_map.cells(name)
        for member, value in values.items():
            self.cells[cells[member]] = value

    def beat(self) -> None:
        """To be called about twice a second: the others know by it that this process lives on."""
        windows.beat(self.cells, self.cell_map, clock())

    def read(self) -> Reading:
        """What all processes of the service have counted by now."""
        own = Sheet(cells=self.cells, living=True)
        sheets = [own, *self._others()]
        return Reading(self.cell_map, sheets, clock(), shared=self._shared())


def _take_over(cells: memoryview, cell_map: CellMap, now: int) -> None:
    """Begin on zeros, or go on where another process died: counters never go down."""
    if cells[MAGIC] == cell_map.fingerprint:
        for cell in cell_map.gauges:
            cells[cell] = 0
        windows.beat(cells, cell_map, now)
    else:
        windows.begin(cells, cell_map, now)
        cells[MAGIC] = cell_map.fingerprint  # last: from here on it is a board
    cells[BEAT] = 0
