"""When a running child has had its time. Pure: the caller brings the time."""

from enum import StrEnum


class Cut(StrEnum):
    """Why we end a child ourselves."""

    TIME = "time_limit"
    STALL = "stalled"


class Watchdog:
    """Watches one child: its whole time, and the time since it last moved. All in seconds."""

    def __init__(self, *, wall_seconds: float, stall_seconds: float, now: float) -> None:
        self._end = now + wall_seconds
        self._stall_seconds = stall_seconds
        self._moved = now

    def moved(self, now: float) -> None:
        """The child has got further."""
        self._moved = now

    def verdict(self, now: float) -> Cut | None:
        """Why it must end now, if it must."""
        if now >= self._end:
            return Cut.TIME
        return Cut.STALL if now >= self._moved + self._stall_seconds else None

    def patience(self, now: float) -> float:
        """How long until the next verdict can be anything but None."""
        return max(0.0, min(self._end, self._moved + self._stall_seconds) - now)
