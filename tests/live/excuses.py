"""What a poller must put up with, and when. Who does harm notes the moments, on the observations'
own clock; the judging is pure.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from live.observation import Observation

AFTERWARDS: Final = 3.0
"""Seconds until what was away must be found again."""
_ALL: Final = ""


@dataclass
class Excuses:
    """Moments are `time.monotonic()`. Only 503 and no answer are ever excused; no content is."""

    used: Counter[int] = field(default_factory=Counter)
    """How many polls of each status were excused."""
    _away: list[tuple[str, float, float]] = field(default_factory=list)
    _deaths: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @contextmanager
    def database_away(self) -> Iterator[None]:
        """Until a moment after the block, 503 will do."""
        began = monotonic()
        try:
            yield
        finally:
            self._away.append((_ALL, began, monotonic() + AFTERWARDS))

    @contextmanager
    def process_away(self, port: int) -> Iterator[None]:
        """It is killed in the block, serves again at its end, and knows nothing of its past."""
        began = monotonic()
        try:
            yield
        finally:
            self._away.append((str(port), began, monotonic()))

    def died(self, port: int) -> None:
        """It has been killed this moment: whoever asks from now on asks its next life."""
        self._deaths[str(port)].append(monotonic())

    def judged(self, polls: Iterable[Observation]) -> Iterator[Observation]:
        """All that need no excuse; each life of a process counts as a process of its own."""
        for seen in polls:
            if seen.status in (0, 503) and self._excused(seen):
                self.used[seen.status] += 1
            else:
                lives = sum(seen.began > death for death in self._deaths[seen.process])
                yield seen._replace(process=f"{seen.process} (life {lives + 1})")

    def calm(self, polls: Iterable[Observation]) -> Iterator[Observation]:
        """Those made while the database and the process asked had been there for a while."""
        return (seen for seen in polls if not self._meets(seen, _ALL, seen.process))

    def _excused(self, seen: Observation) -> bool:
        return self._meets(seen, seen.process, *([_ALL] if seen.status == 503 else []))

    def _meets(self, seen: Observation, *away: str) -> bool:
        return any(
            process in away and seen.began < until and seen.ended > since
            for process, since, until in self._away
        )
