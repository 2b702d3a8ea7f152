"""Where each number stands on a board: names to cells, equal in all processes of a version. Pure.

A board is one run of cells, signed integers of 64 bits: a header, the numbers, and the rows of
windows.py. All names are known beforehand: nobody outside can make up a new one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["windowed", "counter", "gauge"]

MAGIC, STARTED, NEWEST, BEAT = range(4)
"""The cells of the header: whose board it is, when it began, its newest row, its last beat.

Times are nanoseconds of the clock that all processes of a machine share.
"""
HEADER: Final = 8
ROWS: Final = 722
"""An hour of snapshots, one each 5 s, and two more: whoever reads the oldest must not meet the
writer of the newest."""
_FORMAT: Final = 1
"""Raise it when the cells of a board come to mean something else."""


@dataclass(frozen=True, kw_only=True)
class Family:
    """Numbers that belong together, each by its member's name.

    Of what is `windowed` the last minute and hour can be told, too. A gauge is what is so now: it
    ends with its process.
    """

    name: str
    members: tuple[str, ...]
    kind: Kind
    bounds: tuple[float, ...] = ()
    """Seconds; of a histogram, whose members are its buckets, and the sum in nanoseconds."""


def counters(name: str, *members: str, windowed: bool = False) -> Family:
    """Numbers that only rise."""
    kind: Kind = "windowed" if windowed else "counter"
    return Family(name=name, members=tuple(map(str, members)), kind=kind)


def gauges(name: str, *members: str) -> Family:
    """Numbers of each process, as they are now."""
    return Family(name=name, members=members, kind="gauge")


def histogram(name: str, bounds: Sequence[float], *, windowed: bool = False) -> Family:
    """How many seconds something took, by upper bounds that belong to their buckets."""
    return Family(
        name=name,
        members=(*(str(bound) for bound in bounds), "+Inf", "sum"),
        kind="windowed" if windowed else "counter",
        bounds=tuple(bounds),
    )


class CellMap:
    """The places of these families' cells. What is windowed comes first, gauges last."""

    def __init__(self, families: Iterable[Family]) -> None:
        self.families = {family.name: family for family in families}
        self._places: dict[str, range] = {}
        self._cells: dict[str, Mapping[str, int]] = {}
        self.windowed = self._put("windowed", HEADER)
        counted = self._put("counter", self.windowed.stop)
        self.gauges = self._put("gauge", counted.stop)
        self.numbers = range(HEADER, self.gauges.stop)
        self.row_cells = 1 + len(self.windowed)
        """Of a row: its own number, and a copy of each windowed cell."""
        self.size = self.numbers.stop + ROWS * self.row_cells
        """Cells in all."""
        told = repr((_FORMAT, ROWS, [*self.families.values()]))
        digest = sha256(told.encode(), usedforsecurity=False).digest()
        self.fingerprint = int.from_bytes(digest[:7]) or 1
        """Of another cell map it is another one; never 0, which is what an unfinished board has."""

    def _put(self, kind: Kind, start: int) -> range:
        place = start
        for family in self.families.values():
            if family.kind == kind:
                own = range(place, place + len(family.members))
                self._places[family.name] = own
                self._cells[family.name] = dict(zip(family.members, own, strict=True))
                place = own.stop
        return range(start, place)

    def place(self, name: str) -> range:
        """The cells of a family."""
        return self._places[name]

    def cells(self, name: str) -> Mapping[str, int]:
        """The cell of each member of a family."""
        return self._cells[name]

    def row(self, number: int) -> range:
        """The cells of the row with this number; rows ROWS apart share theirs."""
        start = self.numbers.stop + number % ROWS * self.row_cells
        return range(start, start + self.row_cells)
