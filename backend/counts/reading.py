"""The boards of all processes of a service, added up. Pure.

What processes that died had counted stays in the sums; what was so of them only then does not.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from counts.buckets import Histogram
from counts.cell_map import BEAT, STARTED, CellMap
from counts.windows import ROW_NS, since

SECOND_NS: Final = 1_000_000_000
_SILENT_NS: Final = 10 * SECOND_NS
"""A process that has not beaten for so long is frozen, whatever its gauges say."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One process's board. `living`: the process is still there."""

    cells: memoryview
    living: bool


@dataclass(frozen=True, kw_only=True)
class Totals:
    """The sums of some time; `seconds` is how long that was. Of a window only what is windowed."""

    seconds: float
    cell_map: CellMap
    summed: Callable[[range], Sequence[int]]
    """The sums of these cells."""

    def counts(self, name: str) -> dict[str, int]:
        """A family of counters, by member."""
        sums = self.summed(self.cell_map.place(name))
        return dict(zip(self.cell_map.families[name].members, sums, strict=True))

    def total(self, name: str) -> int:
        """Of all members of a family of counters."""
        return sum(self.summed(self.cell_map.place(name)))

    def histogram(self, name: str) -> Histogram:
        *buckets, nanoseconds = self.summed(self.cell_map.place(name))
        bounds = self.cell_map.families[name].bounds
        return Histogram(bounds=bounds, buckets=buckets, sum=nanoseconds / SECOND_NS)


class Reading:
    """All sheets of a service, its own process's first. `now` is by the boards' clock.

    Sums since the start are of the moment it is made, so that all who are given one reading tell
    the same. Windows and gauges are not: they are of the moment they are asked for.
    """

    def __init__(
        self, cell_map: CellMap, sheets: Sequence[Sheet], now: int, *, shared: bool = True
    ) -> None:
        """`shared`: no process of the service that lives is left out, as far as can be told."""
        self.shared = shared
        self._cell_map = cell_map
        self._sheets = sheets
        self._now = now
        self._first = cell_map.numbers.start
        self._sums = _added([_numbers(sheet, cell_map.numbers) for sheet in sheets])
        self._started = min(sheet.cells[STARTED] for sheet in sheets)

    def ever(self) -> Totals:
        """Since the first process began."""
        seconds = (self._now - self._started) / SECOND_NS
        return Totals(seconds=seconds, cell_map=self._cell_map, summed=self._summed)

    def last(self, seconds: int) -> Totals:
        """Of at least so many seconds, up to an hour, and at most 5 more; or all, if that is less.

        A row is written up to half a second late: by so much of the traffic it may be wrong.
        """
        row = (self._now - seconds * SECOND_NS) // ROW_NS
        sums = _added([since(sheet.cells, self._cell_map, row) for sheet in self._sheets])
        first = self._cell_map.windowed.start
        return Totals(
            seconds=(self._now - max(row * ROW_NS, self._started)) / SECOND_NS,
            cell_map=self._cell_map,
            summed=lambda place: sums[place.start - first : place.stop - first],
        )

    def _summed(self, place: range) -> Sequence[int]:
        return self._sums[place.start - self._first : place.stop - self._first]

    def gauges(self, name: str) -> list[dict[str, int]]:
        """Of each living process that has begun, our own first; zeros for one that is frozen."""
        own, *others = self._sheets
        begun = [own, *(sheet for sheet in others if sheet.living and sheet.cells[BEAT])]
        return [self._gauges(sheet, name, frozen=self._frozen(sheet, own)) for sheet in begun]

    def _frozen(self, sheet: Sheet, own: Sheet) -> bool:
        return sheet is not own and self._now - sheet.cells[BEAT] > _SILENT_NS

    def _gauges(self, sheet: Sheet, name: str, *, frozen: bool) -> dict[str, int]:
        cells = self._cell_map.cells(name)
        return {member: 0 if frozen else sheet.cells[cell] for member, cell in cells.items()}


def _numbers(sheet: Sheet, place: range) -> Sequence[int]:
    return sheet.cells[place.start : place.stop].tolist()


def _added(columns: Sequence[Sequence[int]]) -> Sequence[int]:
    return columns[0] if len(columns) == 1 else [sum(cells) for cells in zip(*columns, strict=True)]
