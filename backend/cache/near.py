"""The near tier: documents remembered in this process, bounded in number and bytes. No I/O.

It only remembers, by one version rule; whether it may answer is decided by whoever asks, from the
feed's proof of life. It is not safe for use by several threads.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from cachetools import TTLCache

from cache.recent_versions import Versions
from jobs import Answer, Document

_OVERHEAD: Final = 1600
"""Bytes that a remembered document takes besides its body: half of them here and in its answer,
half in the header lines that the fast lane keeps. tests/cache/test_near_memory.py measures it."""
_KNOWN: Final = 100_000
"""So many jobs' versions are known, about 30 MB of them: far more than can change while one look-up
is under way, or what it finds could be an older one than what was known and dropped meanwhile."""
_GIVEN: Final = 10_000
"""Of so many jobs it is remembered what was given out on trust."""
_DENIED: Final = 10_000
"""How many ids are remembered as nobody's: made-up ones must not fill the memory."""


@dataclass(slots=True)
class Held:
    """A remembered document; at `said_at`, by the feed's clock, the database said so.

    `answer` is the last one that was made of it: by the proof of `proven_at`, good until then.
    """

    document: Document
    said_at: float
    answer: Answer | None = field(default=None, compare=False)
    proven_at: float = field(default=0.0, compare=False)
    until: float = field(default=0.0, compare=False)


class Near:
    """Remembers at most so many documents and bytes, the least recently used go first.

    `epoch` rises whenever everything learned before became void: what was asked of the database
    under an older epoch is not kept, because changes after it may have gone untold.
    """

    def __init__(
        self,
        *,
        entries: int,
        size: int,
        negative_seconds: float,
        clock: Callable[[], float],
        known: int = _KNOWN,
    ) -> None:
        self.epoch = 0
        self._entries = entries
        self._held: OrderedDict[str, Held] = OrderedDict()  # an LRUCache is Python, and slower
        self._most = size
        self._size = 0
        self.peek: Callable[[str], Held | None] = self._held.get
        """As `get`, but no use of it: it stays remembered no longer for that."""
        self._known = Versions(known)
        self._given = Versions(_GIVEN)
        self._denied: TTLCache[str, None] = TTLCache(_DENIED, negative_seconds, clock)

    def begin(self, versions: Mapping[str, int]) -> None:
        """A new epoch: forget all, and know these jobs' versions, the first named the longest."""
        self.epoch += 1
        self._held.clear()
        self._size = 0
        self._known.clear()
        self._given.clear()
        self._denied.clear()
        for job_id, version in reversed([*versions.items()]):
            self._known.put(job_id, version)

    def get(self, job_id: str) -> Held | None:
        """The document remembered; it is never older than what is known of the job."""
        held = self._held.get(job_id)
        if held is not None:
            self._held.move_to_end(job_id)
        return held

    def known(self, job_id: str) -> int:
        """The highest version that this process knows of; 0 if it knows nothing of the job."""
        held = self._held.get(job_id)  # it may outlive, by far, what is known only
        return max(self._known.get(job_id), held.document.version if held else 0)

    def give(self, job_id: str, version: int) -> None:
        """This version was given out on trust, without a proof: from now on it is a floor."""
        self._given.put(job_id, max(version, self._given.get(job_id)))

    def given(self, job_id: str) -> int:
        """The highest version given out on trust; 0 for none. It proves nothing about others."""
        return self._given.get(job_id)

    def keep(self, document: Document, said_at: float, epoch: int) -> None:
        """Remember what the database said, or one vouched for; never an older version, and
        nothing that was asked under another epoch."""
        if epoch != self.epoch or document.version < self.known(document.id):
            return
        self._note(document)
        before = self._held.pop(document.id, None)
        if before:
            self._size -= _size(before)
            if before.document.version == document.version:
                said_at = max(said_at, before.said_at)
        held = Held(document, said_at)
        if _size(held) > self._most:
            return  # greater than the whole memory: known, but not remembered
        self._held[document.id] = held
        self._size += _size(held)
        while len(self._held) > self._entries or self._size > self._most:
            _, oldest = self._held.popitem(last=False)
            self._size -= _size(oldest)

    def follow(self, document: Document, said_at: float) -> None:
        """A change, told of by feed or push: of a job that nobody polls here only the version is
        kept, so that what changes elsewhere takes no room from what is polled."""
        if document.id in self._held:
            self.keep(document, said_at, self.epoch)
        elif document.version >= self.known(document.id):
            self._note(document)

    def deny(self, job_id: str, epoch: int) -> None:
        """Remember for a moment that there is no such job, unless one is known by now."""
        if epoch == self.epoch and not self.known(job_id):
            self._denied[job_id] = None

    def denied(self, job_id: str) -> bool:
        """Whether the database said a moment ago that there is no such job."""
        return job_id in self._denied

    def _note(self, document: Document) -> None:
        self._known.put(document.id, document.version)
        self._denied.pop(document.id, None)

    @property
    def entries(self) -> int:
        """How many documents are remembered now."""
        return len(self._held)

    @property
    def size(self) -> int:
        """Bytes they take, about."""
        return self._size


def _size(held: Held) -> int:
    return len(held.document.body) + _OVERHEAD
