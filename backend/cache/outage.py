"""Whether the database is worth asking while it seems to be away. Pure: time is passed in.

Used only where something remembered could stand in for its answer. A feed that fails is a hint, no
proof: its one connection may be ill while the database is well. So one poll a second still asks,
and once it is answered, all do.
"""

from typing import Final

TRY_SECONDS: Final = 1.0


class Outage:
    """What the polls of one process found out about the database. For one event loop."""

    def __init__(self) -> None:
        self._tried_at = float("-inf")
        self._answered_at = float("-inf")

    def likely(self, now: float, *, failing: bool) -> bool:
        """Whether the database seems to be away. `failing`: the feed does not get through."""
        return failing and now - self._answered_at >= TRY_SECONDS

    def may_try(self, now: float) -> bool:
        """Whether it is time for one poll to find out."""
        return now - self._tried_at >= TRY_SECONDS

    def asks(self, now: float) -> None:
        """The database is being asked."""
        self._tried_at = now

    def answered(self, now: float) -> None:
        """It answered."""
        self._answered_at = now
