"""A source of accounts that does what a test tells it to, and a clock that a test turns."""

import threading

from cache.redis_credentials import Account
from cache.renewed_credentials import Grant


class Clock:
    """Seconds since 1970, as a test says."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class ScriptedSource:
    """Grants `password`, to be renewed after `lasts`; raises `trouble` while there is one.

    It waits while `gate` is closed; `asked` counts the questions, `at_once` the most at a time.
    """

    def __init__(self, *, pace: float = 0.0, lasts: float = 300.0) -> None:
        self.pace = pace
        self.lasts = lasts
        self.password = "first"
        self.trouble: Exception | None = None
        self.connections_end_at: float | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.asked = self.at_once = self._inside = 0

    def fetch(self, now: float) -> Grant:
        self.asked += 1
        self._inside += 1
        self.at_once = max(self.at_once, self._inside)
        try:
            self.gate.wait(10.0)
            if self.trouble is not None:
                raise self.trouble
        finally:
            self._inside -= 1
        return Grant(
            account=Account(username="ann", password=self.password),
            renew_at=now + self.lasts,
            connections_end_at=self.connections_end_at,
        )
