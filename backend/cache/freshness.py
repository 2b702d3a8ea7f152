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
    EXPIRED = auto()
    """It is older than any answer may be, whatever lifetime the server gave it: ask the database.

    A put can lie in a stalled server's socket, and be executed, with a full lifetime, much later.
    """


def worth(entry: Entry, *, owner: str, floor: int, now: float, ttl: float) -> Worth:
    """Ownership first: no floor, real or made up, and no age tells anything about another owner's
    job; whose it is never changes. Then the age, of at most `ttl` seconds by our clock.
    """
    if entry.document.owner != owner:
        return Worth.HIDDEN
    if expired(entry, now, ttl):
        return Worth.EXPIRED
    return Worth.BEHIND if entry.document.version < floor else Worth.FRESH


def age(entry: Entry, now: float) -> float:
    """Seconds since the database last said so. Never negative: hosts' clocks may differ."""
    return max(0.0, now - entry.written_at)


def expired(entry: Entry, now: float, ttl: float) -> bool:
    """Whether the database said so longer ago than `ttl` seconds."""
    return age(entry, now) > ttl


def remaining(entry: Entry, now: float, ttl: float) -> float:
    """Seconds that the entry will still be given, if its writer has the same TTL as we have."""
    return max(0.0, ttl - age(entry, now))
