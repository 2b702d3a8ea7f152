"""What a remembered document is worth to whoever asks for it. Pure: the caller brings the time."""

from enum import Enum, auto

from cache.entry import Entry


class Worth(Enum):
    """What to do with an entry that was found."""

    FRESH = auto()
    """Answer with it."""
    HIDDEN = auto()
    """It is another owner's: answer as if there were no such job."""
    BEHIND = auto()
    """This client has already seen a newer version: ask the database."""


def worth(entry: Entry, *, owner: str, floor: int) -> Worth:
    """Ownership first: a floor, real or made up, tells nothing about another owner's job."""
    if entry.document.owner != owner:
        return Worth.HIDDEN
    return Worth.BEHIND if entry.document.version < floor else Worth.FRESH


def age(entry: Entry, now: float) -> float:
    """Seconds since the database last said so. Never negative: hosts' clocks may differ."""
    return max(0.0, now - entry.written_at)


def remaining(entry: Entry, now: float, ttl: float) -> float:
    """Seconds that the entry will still be given, if its writer has the same TTL as we have."""
    return max(0.0, ttl - age(entry, now))
