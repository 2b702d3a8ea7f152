"""Which versions of Redis and Valkey their makers still mend: a table. Pure.

Sources: the security policy of redis/redis (SECURITY.md, supported versions) with the dates that
endoflife.date derives from it; https://valkey.io/topics/releases/ (end of security support).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

OLDEST: Final = (6, 2)
"""ACLs for channels and commands that Tally's rights are written for."""

ENDED: Final[Mapping[tuple[str, int, int], date]] = {
    ("redis", 6, 2): date(2025, 12, 31),
    ("redis", 7, 0): date(2024, 7, 29),
    ("redis", 8, 0): date(2026, 2, 11),
    ("valkey", 7, 2): date(2029, 4, 16),
    ("valkey", 8, 0): date(2027, 9, 15),
    ("valkey", 8, 1): date(2030, 3, 31),
    ("valkey", 9, 0): date(2028, 10, 21),
}
"""The day after which nothing is mended. What is not here has none that is known."""


@dataclass(frozen=True, kw_only=True)
class Version:
    """What runs there, by its own word."""

    engine: str
    text: str

    @property
    def release(self) -> tuple[int, int] | None:
        """Major and minor; None for what is no version."""
        numbers = self.text.split(".")[:2]
        if len(numbers) < 2 or not all(number.isdecimal() for number in numbers):
            return None
        return int(numbers[0]), int(numbers[1])

    @property
    def ends(self) -> date | None:
        return ENDED.get((self.engine, *self.release)) if self.release else None

    def __str__(self) -> str:
        return f"{self.engine.capitalize()} {self.text}"


def version_of(info: Mapping[str, str]) -> Version | None:
    """Valkey says of itself that it is compatible with a Redis: its own version counts."""
    if text := info.get("valkey_version"):
        return Version(engine="valkey", text=text)
    text = info.get("redis_version")
    return Version(engine="redis", text=text) if text else None
