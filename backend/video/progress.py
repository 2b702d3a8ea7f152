"""How far the work is: ffmpeg's progress lines, percent over several recipes, when to tell.

Pure: the caller brings bytes and time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

# ffmpeg's own lines are under 100 bytes; anything longer is not progress.
LONGEST_LINE = 4096


@dataclass(frozen=True, kw_only=True)
class Position:
    """How far one run is, in its output: seconds, frames and bytes written."""

    seconds: float = 0.0
    frames: int = 0
    bytes: int = 0


def advanced(position: Position, line: str) -> Position:
    """The position after one `key=value` line. Unknown keys, N/A and negative values change
    nothing, and no value goes back."""
    key, _, text = line.strip().partition("=")
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        return position
    value = int(text)
    if key == "out_time_us":
        return replace(position, seconds=max(position.seconds, value / 1_000_000))
    if key == "frame":
        return replace(position, frames=max(position.frames, value))
    if key == "total_size":
        return replace(position, bytes=max(position.bytes, value))
    return position


class ProgressReader:
    """Reads what `-progress` writes, however the pipe has chopped it."""

    def __init__(self) -> None:
        self.position = Position()
        self._rest = b""

    def feed(self, chunk: bytes) -> bool:
        """Take the next bytes; True if the position moved."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        self._rest = self._rest[-LONGEST_LINE:]
        before = self.position
        for line in lines:
            self.position = advanced(self.position, line.decode("ascii", "replace"))
        return self.position != before


def overall_percent(weights: Sequence[float], done: int, fraction: float) -> float:
    """Percent of all the work, 0-100: `done` recipes are ready, the next is at `fraction`."""
    if done >= len(weights):
        return 100.0
    finished = sum(weights[:done]) + weights[done] * min(max(fraction, 0.0), 1.0)
    return min(100.0, 100.0 * finished / sum(weights))


class Throttle:
    """Decides which percentages are worth telling, for one attempt.

    At most one every `interval` seconds and only after `step` percent of change; never less than
    was told before; never 100, which only the end of the job may say.
    """

    TOP = 99.0

    def __init__(self, *, interval: float = 0.5, step: float = 1.0) -> None:
        self._interval = interval
        self._step = step
        self._told = 0.0
        self._told_at: float | None = None

    def tell(self, percent: float, now: float) -> float | None:
        """The percentage to tell at the time `now` (seconds of a monotonic clock), or None."""
        percent = round(min(percent, self.TOP), 1)
        early = self._told_at is not None and now - self._told_at < self._interval
        if early or percent - self._told < self._step:
            return None
        self._told, self._told_at = percent, now
        return percent
