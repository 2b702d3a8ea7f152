"""What a follower of PostgreSQL has seen, as a text that it brings again: a cursor. Pure.

Keeps away from the feed what PostgreSQL's snapshots look like.
"""

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Seen:
    """All changes of transactions below `high`, but for those that were open: these are unseen.

    `file` is the table's: another one holds what was restored in place. `timeline` is the server's:
    another one may have lost what the first had committed. Empty where the server does not say.
    """

    timeline: str
    file: str
    low: int
    high: int
    open: tuple[int, ...]

    @classmethod
    def of(cls, cursor: str) -> Self:
        """`str(Seen.of(cursor)) == cursor`."""
        timeline, file, snapshot = cursor.split("/")
        low, high, numbers = snapshot.split(":")
        still_open = tuple(int(number) for number in numbers.split(",") if number)
        return cls(timeline=timeline, file=file, low=int(low), high=int(high), open=still_open)

    def __str__(self) -> str:
        still_open = ",".join(str(number) for number in self.open)
        return f"{self.timeline}/{self.file}/{self.low}:{self.high}:{still_open}"

    def without_last(self, count: int) -> Self:
        """As if the last `count` transactions had not been seen; those still open stay unseen."""
        high = max(self.high - count, 1)
        return replace(self, high=high, open=tuple(one for one in self.open if one < high))

    def is_lost_to(self, now: Self) -> bool:
        """Whether a server that says `now` does not go on from here."""
        other_line = "" != self.timeline != now.timeline
        return other_line or now.file != self.file or now.high < self.high
