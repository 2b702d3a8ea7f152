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

_OVERHEAD: Final = 1200
"""Bytes that a remembered document takes besides its body: here, in its answer, and in the header
lines that the fast lane keeps. tests/cache/test_near_memory.py measures it."""
_KNOWN: Final = 100_000
"""So many jobs' versions are known, about 20 MB of them: far more than can change while one look-up
is under way, or what it finds could be an older one than what was known and dropped meanwhile."""
_GIVEN: Final = 10_000
"""Of so many jobs it is remembered what was given out on trust."""
_CHANCES: Final = 32
"""So many used ones are passed over at most, until one goes all the same: no put may take long."""
_NEVER: Final = float("-inf")
_DENIED: Final = 10_000
"""How many ids are remembered as nobody's: made-up ones must not fill the memory."""


@dataclass(slots=True)
class Held:
    """A remembered document; at `said_at`, by the feed's clock, the database said so.

    `answer` is the last one that was made of it; `young` if it says what every answer says that is
    made within a second of a proof. `used`: asked for since it was last passed over for eviction.
    """

    document: Document
    said_at: float
    answer: Answer | None = field(default=None, compare=False)
    young: bool = field(default=False, compare=False)
    used: bool = field(default=False, compare=False)


class Near:
    """Remembers at most so many documents and bytes. The oldest goes first, but one that was used
    since it came, or was passed over, has a second chance (CLOCK; Corbato 1968). So a use is one
    mark in the entry; moving it in an order would touch four others, each far from the processor.

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
        self._held: OrderedDict[str, Held] = OrderedDict()  # a dict finds its oldest ever slower
        self._most = size
        self._size = 0
        self.peek: Callable[[str], Held | None] = self._held.get
        """As `get`, but no use of it by itself: who gives it out sets `used`."""
        self._known = Versions(known, 0)
        self._given = Versions(_GIVEN, (0, _NEVER))
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
            held.used = True
        return held

    def known(self, job_id: str) -> int:
        """The highest version that this process knows of; 0 if it knows nothing of the job."""
        held = self._held.get(job_id)  # it may outlive, by far, what is known only
        return max(self._known.get(job_id), held.document.version if held else 0)

    def give(self, job_id: str, version: int, at: float) -> None:
        """This version was given out on trust, without a proof: from now on it is a floor, until
        the database was asked later than that."""
        self._given.put(job_id, (max(version, self._given.get(job_id)[0]), at))
        held = self._held.get(job_id)
        if held and held.document.version < version:
            held.young = False

    def given(self, job_id: str, asked_at: float) -> int:
        """The highest version given out on trust; 0 for none, or where the database was asked
        since, at `asked_at`, what changed: it would have told of that version."""
        version, at = self._given.get(job_id)
        return version if at >= asked_at else 0

    def keep(self, document: Document, said_at: float, epoch: int) -> None:
        """Remember what the database said, or one vouched for; never an older version, and
        nothing that was asked under another epoch."""
        if epoch != self.epoch or document.version < self.known(document.id):
            return
        if self.get(document.id):  # a use of it
            self._held.move_to_end(document.id)  # or it could be driven out by its own growth
        self._put(document, said_at)

    def follow(self, document: Document, said_at: float) -> None:
        """A change, told of by feed or push: of a job that nobody polls here only the version is
        kept, so that what changes elsewhere takes no room from what is polled. No use of it."""
        if document.version < self.known(document.id):
            return
        if document.id in self._held:
            self._put(document, said_at)
        else:
            self._note(document)

    def deny(self, job_id: str, epoch: int) -> None:
        """Remember for a moment that there is no such job, unless one is known by now."""
        if epoch == self.epoch and not self.known(job_id):
            self._denied[job_id] = None

    def denied(self, job_id: str) -> bool:
        """Whether the database said a moment ago that there is no such job."""
        return job_id in self._denied

    def _put(self, document: Document, said_at: float) -> None:
        """In the place of the one that is there, if any."""
        self._note(document)
        held, size = self._held.get(document.id), _size(document)
        if size > self._most or not self._entries:  # no room for it ever: known, but not remembered
            if held:
                del self._held[document.id]
                self._size -= _size(held.document)
        elif held:
            self._size += size - _size(held.document)
            _renew(held, document, said_at)
            self._make_room(0, 0)
        else:
            self._make_room(1, size)
            self._held[document.id] = Held(document, said_at)
            self._size += size

    def _make_room(self, entries: int, size: int) -> None:
        while len(self._held) + entries > self._entries or self._size + size > self._most:
            self._evict()

    def _evict(self) -> None:
        for _ in range(_CHANCES):
            job_id, oldest = self._held.popitem(last=False)
            if not oldest.used:
                break
            oldest.used = False
            self._held[job_id] = oldest
        else:
            _, oldest = self._held.popitem(last=False)
        self._size -= _size(oldest.document)

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


def _renew(held: Held, document: Document, said_at: float) -> None:
    """What was made of an equal document still holds; of another one nothing does."""
    if held.document.version == document.version:
        said_at = max(said_at, held.said_at)
    if held.document != document:
        held.document, held.answer, held.young = document, None, False
    held.said_at = said_at


def _size(document: Document) -> int:
    return len(document.body) + _OVERHEAD
