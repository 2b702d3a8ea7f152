"""What was seen of the running service and of its log: values alone, nothing is asked. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

_MOST: Final = 1e18
"""Nothing that a service counts comes near; NaN and the infinite are no numbers here."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """What one request got. Without an answer `status` is None and `trouble` says why."""

    status: int | None = None
    body: bytes = b""
    trouble: str = ""
    seconds: float = 0.0

    @property
    def fine(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """The JSON object of the body; an empty one where there is none. Never raises."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def __str__(self) -> str:
        return f"answers {self.status}" if self.status is not None else self.trouble


@dataclass(frozen=True, kw_only=True)
class ServiceSeen:
    """One look at the pages of a service. Whatever they hold, reading it never raises."""

    url: str
    livez: Page
    readyz: Page
    stats: Page
    metrics: Page

    @property
    def answers(self) -> bool:
        """Whether anybody speaks HTTP there at all."""
        return any(page.status is not None for page in self._pages)

    @property
    def trouble(self) -> str:
        """Why nobody does; empty if somebody does."""
        return "" if self.answers else self.livez.trouble

    @property
    def cache_enabled(self) -> bool | None:
        """What CACHE_ENABLED says there; None if it does not tell."""
        enabled = self.stats.document.get("cache_enabled")
        return enabled if isinstance(enabled, bool) else None

    @property
    def counts_apart(self) -> bool:
        """It says that its numbers are not those of all its processes."""
        return self.found("processes", "shared") is False

    @property
    def statistics(self) -> Mapping[str, Any]:
        """As `GET /api/v2/cache/stats` tells them; empty if it does not."""
        found = self.stats.document.get("statistics")
        return found if self.stats.fine and isinstance(found, dict) else {}

    def found(self, *path: str) -> Any:
        """What stands at a place in the statistics, None if nothing does."""
        place: Any = self.statistics
        for name in path:
            place = place.get(name) if isinstance(place, dict) else None
        return place

    def number(self, *path: str) -> float | None:
        """The same, if it is a number: of an older version's statistics some are missing."""
        found = self.found(*path)
        is_number = isinstance(found, int | float) and not isinstance(found, bool)
        return found if is_number and -_MOST < found < _MOST else None

    def table(self, *path: str) -> Mapping[str, Any]:
        """The same, if it is a table; an empty one if not."""
        found = self.found(*path)
        return found if isinstance(found, dict) else {}

    def counts(self, *path: str) -> dict[str, int]:
        """The counts in a table of the statistics that are above zero."""
        numbers = {name: self.number(*path, name) or 0 for name in self.table(*path)}
        return {name: int(count) for name, count in numbers.items() if count >= 1}

    @property
    def _pages(self) -> tuple[Page, ...]:
        return self.livez, self.readyz, self.stats, self.metrics


@dataclass(frozen=True, kw_only=True)
class LogSeen:
    """What was found in the log file. It holds names and counts of secrets, never one of them."""

    path: Path
    trouble: str = ""
    """Why it could not be read; empty if it could."""
    read_bytes: int = 0
    """How much of its end was read."""
    leaks: Mapping[str, int] = field(default_factory=dict)
    """What should not be there, by what it is, and in how many lines."""
    sought: tuple[str, ...] = ()
    """The secrets that were looked for, by what they are."""
    unsought: tuple[str, ...] = ()
    """Those that were not: unreadable, or so short that any word may be one of them."""
