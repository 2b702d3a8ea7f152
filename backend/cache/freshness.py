"""How long a remembered document may be given out, and whether it may. Pure: time is passed in."""

from dataclasses import dataclass

from cache.entry import Entry
from jobs import Document

PROOF_SECONDS = 1.5
"""How old the database feed's last answer may be while near answers are given without asking."""


@dataclass(frozen=True, kw_only=True)
class Lifetimes:
    """Seconds for which a document may be given out after the database last vouched for it."""

    moving: float = 30.0
    final: float = 3600.0
    """For jobs that are done: nothing can happen to them but deletion, which is a change, too."""
    negative: float = 1.0
    """For "there is no such job", in this process only."""

    def of(self, document: Document) -> float:
        return self.final if document.done else self.moving


def age(entry: Entry, now: float) -> float:
    """Seconds since the database last said so. Never negative: hosts' clocks may differ."""
    return max(0.0, now - entry.written_at)


def expired(entry: Entry, now: float, lifetimes: Lifetimes) -> bool:
    """Whether the database said so too long ago, whatever lifetime the server gave the entry.

    A put can lie in a stalled server's socket, and be executed, with a full lifetime, much later.
    """
    return age(entry, now) > lifetimes.of(entry.document)


def trusted(version: int, *, known: int, proven: bool) -> bool:
    """Whether a version found outside the database may be given out, without asking it.

    While the feed is proven alive it has told every change since it began: the version of a job
    that is known is the current one. A lower one is the past. A higher one was committed this very
    moment, or in a history that was undone by restoring the database: it decides. Of a job
    that is not known (0) the feed can say nothing: a writer may have died before it wrote a change
    down. While nothing is proven, what is known is only a lower bound, and lifetimes must do.
    """
    return 0 < known == version if proven else version >= known
