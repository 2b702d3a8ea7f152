"""How long clients wait between two polls of a job: a few pairs of job and client are watched.

Any poll may be the first of a pair; the next one of the same job by the same host ends it, at
whichever process it arrives. Clients behind one address that poll the same job are taken for one.
"""

from collections.abc import Callable
from typing import Final
from zlib import crc32

from counts.board import WATCH_CELLS, clock
from counts.reading import SECOND_NS

GAP_BOUNDS: Final = (
    *(0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1.1, 1.4, 1.75, 2.25, 2.75, 3.25, 3.75, 4.5, 5.5, 7.0),
    *(9.0, 11.0, 13.5, 17.0, 22.0, 28.0, 32.0, 45.0, 55.0, 65.0, 90.0, 150.0, 300.0, 600.0),
)
"""Seconds. The usual intervals (1, 2, 3, 5, 10, 30, 60 s) lie inside, each in a bucket of its own:
beside the bounds a few milliseconds would tell them apart wrongly."""
_PLACES: Final = WATCH_CELLS // 2
_FORGET_NS: Final = 600 * SECOND_NS
"""A client that has not come back by then will not."""
_RESTS: Final = -1
"""The mark of a pair whose gap was told of: its place is free again after the next `forget`. So a
crowd of quick clients costs little, and tells no more than a few do."""


class Gaps:
    """Watches up to 64 pairs at a time; tells each gap in seconds to `note`.

    The cells are shared by processes without a lock: two that write the same place at once may lose
    a sample, no more.
    """

    def __init__(
        self,
        cells: memoryview,
        note: Callable[[float], None],
        *,
        now: Callable[[], int] = clock,
    ) -> None:
        """Of the cells each pair has two: its mark, 0 for none, and when it was polled."""
        self._cells = cells
        self._note = note
        self._now = now

    def polled(self, job_id: str, client: str, last: bool = False) -> None:
        """A poll of that job by that host; `last`: the job is done, no other will follow."""
        cells = self._cells
        mark = crc32((job_id + client).encode()) or 1
        place = mark % _PLACES * 2
        held = cells[place]
        if held == mark:
            self._note((self._now() - cells[place + 1]) / SECOND_NS)
            cells[place] = _RESTS
        elif not held and not last:
            cells[place + 1] = self._now()
            cells[place] = mark  # last: whoever sees the mark takes the time for its own

    def forget(self) -> None:
        """Give up who has not come back for ten minutes, and watch others where a gap was told of.
        To be called about twice a second."""
        now = self._now()
        for place in range(0, 2 * _PLACES, 2):
            mark = self._cells[place]
            if mark == _RESTS or (mark and now - self._cells[place + 1] > _FORGET_NS):
                self._cells[place] = 0
