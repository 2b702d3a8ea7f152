"""Counts HTTP requests by route, method and class of status, for all processes of the service.

Routes and methods are closed lists: strangers cannot make up names.
"""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from api.measure import ROUTES
from counts import Board, Family, Reading, counters, histogram

Numbers: TypeAlias = Mapping[str, Any]

POLL: Final = "/api/v2/jobs/{job_id}"
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other")
_CLASSES: Final = ("1xx", "2xx", "3xx", "4xx", "5xx")
_BUCKETS: Final = (
    *(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
"""Seconds: a poll from the cache takes less than 1 ms, an upload many seconds."""
_CALLS: Final = tuple((route, method) for route in ROUTES for method in _METHODS)
_POLLS: Final = (POLL, "GET")


def _name(route: str, method: str) -> str:
    return f"{method} {route}"


HTTP_COUNTS: Final[tuple[Family, ...]] = (
    counters("fast lane", *_CLASSES),
    *(counters(f"{_name(*call)} answers", *_CLASSES) for call in _CALLS),
    *(histogram(f"{_name(*call)} seconds", _BUCKETS) for call in _CALLS if call != _POLLS),
)


class HttpCounts:
    """Polls are timed in a histogram of the board that others count by, too: named `polls`, with
    these buckets and finer ones."""

    def __init__(self, board: Board, polls: str) -> None:
        self._board = board
        self._cells = board.cells
        self._answers = {
            call: board.cell_map.place(f"{_name(*call)} answers").start - 1 for call in _CALLS
        }
        self._seconds = {call: f"{_name(*call)} seconds" for call in _CALLS} | {_POLLS: polls}
        self._timers = {call: board.timer(name) for call, name in self._seconds.items()}
        self._laned = board.cell_map.place("fast lane").start - 1
        self._poll = self._timers[_POLLS]

    def observe(self, route: str, method: str, status: int, seconds: float) -> None:
        """An answered request. `route` is the template that matched, never the path itself."""
        call = (route, method if method in _METHODS else "other")
        self._cells[self._answers[call] + status // 100] += 1
        self._timers[call](seconds)

    def laned(self, status: int, seconds: float) -> None:
        """A poll that the fast lane answered."""
        self._cells[self._laned + status // 100] += 1
        self._poll(seconds)

    def numbers(self, reading: Reading | None = None) -> Numbers:
        """What was asked at all: `answers` by route, method and class; `seconds` by route and
        method, as buckets and a sum; `laned`: the answers of the fast lane.

        Of that reading of the board; without one, of a new one."""
        ever = (reading or self._board.read()).ever()
        answers: dict[tuple[str, str, str], int] = {}
        seconds: dict[tuple[str, str], Numbers] = {}
        laned = ever.counts("fast lane")
        for call in _CALLS:
            counted = ever.counts(f"{_name(*call)} answers")
            if call == _POLLS:
                counted = {status: count + laned[status] for status, count in counted.items()}
            if any(counted.values()):
                answers |= {(*call, status): count for status, count in counted.items() if count}
                took = ever.histogram(self._seconds[call])
                seconds[call] = {"buckets": _told(took.cumulative()), "sum": took.sum}
        return {"answers": answers, "seconds": seconds, "laned": sum(laned.values())}


def _told(buckets: Mapping[str, int]) -> Mapping[str, int]:
    return {name: buckets[name] for name in (*map(str, _BUCKETS), "+Inf")}
