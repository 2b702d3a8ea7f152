"""A circuit breaker: when to stop asking somebody who does not answer. Pure: time is passed in.

Opens on 5 failures in a row, on 5 refused probes in a row whatever calls succeed between them, or
when half of at least 20 calls within 5 seconds failed. It never closes by time or by a lucky call:
only `close()`, called by a probe, closes it. Nygard, "Release It!", 2007. It is not safe for use by
several threads.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

IN_A_ROW: Final = 5
CALLS: Final = 20
WINDOW_SECONDS: Final = 5


@dataclass
class _Second:
    """The calls of one whole second: counting by seconds keeps the window small at any rate."""

    number: int
    calls: int = 0
    failures: int = 0


class Breaker:
    """Closed: ask. Open: do not ask. Begins open, because nothing is proven yet."""

    def __init__(self) -> None:
        self._closed = False
        self._in_a_row = 0
        self._probes_in_a_row = 0
        self._seconds: deque[_Second] = deque()

    @property
    def closed(self) -> bool:
        return self._closed

    def succeeded(self, now: float, *, probe: bool = False) -> None:
        """A call was answered. This does not close an open breaker."""
        self._in_a_row = 0
        if probe:
            self._probes_in_a_row = 0
        self._second(now).calls += 1

    def failed(self, now: float, *, probe: bool = False) -> bool:
        """A call failed. True if this is what opened the breaker. `probe`: the server refused it: a
        full one still answers gets, and would be written to in vain for ever."""
        self._in_a_row += 1
        self._probes_in_a_row += probe
        second = self._second(now)
        second.calls += 1
        second.failures += 1
        row = max(self._in_a_row, self._probes_in_a_row)
        opens = self._closed and (row >= IN_A_ROW or self._half_failed())
        if opens:
            self._closed = False
        return opens

    def close(self) -> bool:
        """The probe found everything well: forget the past. True if the breaker was open."""
        was_open = not self._closed
        if was_open:
            self._closed = True
            self._in_a_row = self._probes_in_a_row = 0
            self._seconds.clear()
        return was_open

    def _second(self, now: float) -> _Second:
        """The present second, after forgetting those that have left the window."""
        number = int(now)
        while self._seconds and self._seconds[0].number <= number - WINDOW_SECONDS:
            self._seconds.popleft()
        if not self._seconds or self._seconds[-1].number != number:
            self._seconds.append(_Second(number))
        return self._seconds[-1]

    def _half_failed(self) -> bool:
        calls = sum(second.calls for second in self._seconds)
        failures = sum(second.failures for second in self._seconds)
        return calls >= CALLS and 2 * failures >= calls
