"""The auditor: looks, for a sample of the answers given from memory, how stale they really were.

It asks the database itself, past every memory, and changes nothing. What it finds is counted; an
answer older than its promise is a line in the log. The deciding is pure; the asking is at the end.
"""

import asyncio
import logging
import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cache.counted import Verdict
from cache.freshness import Lifetimes
from jobs import Answer, Document, JobNotFound, JobStore, StoreUnavailable

_log = logging.getLogger("tally.cache")

NEAR_SECONDS: Final = 2.0
"""What near answers promise: the feed's proof of 1.5 s, and what a busy process may add."""
REST_SECONDS: Final = 1.0
"""Between two audits of a process at least: they must never be a load that grows with the polls."""
_SLACK_SECONDS: Final = 0.5
"""A change is dated before its commit; a lifetime counts from what was committed."""
_ASK_SECONDS: Final = 10.0
"""The last resort for one audit. The database's own limits are far shorter."""


@dataclass(frozen=True, kw_only=True)
class Served:
    """An answer as it was given; `at` is in seconds since 1970."""

    document: Document
    tier: str
    stale: bool
    at: float


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What the database says a moment later: the version, 0 for no such job.

    `document` is given where the version is the served one; `changed_at` is the last change's
    time, in seconds since 1970, None where it is not known.
    """

    version: int
    document: Document | None = None
    changed_at: float | None = None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The verdict, and how stale the answer was in seconds; None where that cannot be told."""

    verdict: Verdict
    seconds: float | None = None


def judge(served: Served, truth: Truth, lifetimes: Lifetimes) -> Finding:
    """How stale the answer was, and whether it broke its promise. Pure.

    An answer is stale from the change that followed it. Several changes behind, only the last
    one's time is known: the seconds are then a lower bound. They are by the clocks of two hosts,
    and a change is dated before it is committed: a commit that takes long, or a writer's clock that
    is behind, makes an answer look that much staler than it was.
    """
    version = served.document.version
    if truth.version < version:
        return Finding(verdict=Verdict.UNKNOWN_VERSION)
    if truth.version == version:
        same = truth.document == served.document
        return Finding(verdict=Verdict.KEPT, seconds=0.0) if same else _OTHER
    if truth.changed_at is None:
        return Finding(verdict=Verdict.UNDATED)
    seconds = max(0.0, served.at - truth.changed_at)
    broken, allowed = _promise(served, lifetimes)
    return Finding(verdict=broken if seconds > allowed else Verdict.KEPT, seconds=seconds)


_OTHER: Final = Finding(verdict=Verdict.OTHER_BYTES)


def _promise(served: Served, lifetimes: Lifetimes) -> tuple[Verdict, float]:
    """How many seconds stale such an answer may be, and what it is if it is more."""
    lifetime = lifetimes.of(served.document) + _SLACK_SECONDS
    if served.stale:
        return Verdict.STALE_TOO_OLD, lifetime
    if served.tier == "near":
        return Verdict.NEAR_TOO_OLD, NEAR_SECONDS
    return Verdict.REDIS_TOO_OLD, lifetime


class Auditor:
    """Samples answers for one process; `store` is the bare one, not the one with a memory.

    While an audit runs or rests, other answers are not looked at, however many there are. An answer
    that there is no such job names none, and is never audited.
    """

    def __init__(
        self,
        store: JobStore,
        lifetimes: Lifetimes,
        tell: Callable[[Verdict, float | None], None],
        *,
        share: float,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """`share`: of all answers, 0 to 1; 0 for none. `tell` is told of each audit."""
        self._store = store
        self._lifetimes = lifetimes
        self._tell = tell
        self._share = share
        self._wall = wall
        self._left = gap(share, random.random())
        self._sample: Served | None = None
        self._sampled = asyncio.Event()

    def served(self, answer: Answer) -> None:
        """An answer was given from memory. Called at every hit: it costs one subtraction."""
        self._left -= 1.0
        if self._left <= 0.0:
            self._take(answer)

    async def run(self) -> None:
        """Audit what is sampled, until cancelled."""
        while True:
            await self._sampled.wait()
            if self._sample:
                await self.audit(self._sample)
            await asyncio.sleep(REST_SECONDS)
            self._sample = None
            self._sampled.clear()

    async def audit(self, served: Served) -> None:
        """Compare one answer with the database. Raises nothing but cancellation."""
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                truth = await self._look(served.document)
            finding = judge(served, truth, self._lifetimes)
        except (StoreUnavailable, TimeoutError):
            self._tell(Verdict.SKIPPED, None)
        except Exception:  # whatever it is, audits must go on
            self._tell(Verdict.SKIPPED, None)
            _log.exception("cache: an audit failed.")
        else:
            self._tell(finding.verdict, finding.seconds)
            if finding.verdict.broken:
                _complain(served, truth, finding)

    def _take(self, answer: Answer) -> None:
        self._left = gap(self._share, random.random())
        if self._sample is None and answer.document is not None:
            self._sample = Served(
                document=answer.document, tier=answer.detail, stale=answer.stale, at=self._wall()
            )
            self._sampled.set()

    async def _look(self, served: Document) -> Truth:
        document = (await self._store.status(served.id, owner=None)).document
        if document is None:
            return Truth(version=0)
        if document.version <= served.version:
            return Truth(version=document.version, document=document)
        try:
            job = await self._store.get(served.id, owner=None)
        except JobNotFound:  # deleted, and nothing tells when
            return Truth(version=document.version)
        return Truth(version=job.version, changed_at=job.updated_at)


def gap(share: float, draw: float) -> float:
    """After how many answers, rounded up, the next one is sampled. Pure: `draw` is in [0, 1).

    Drawn so that each answer has the same chance, whatever rhythm the polls have.
    """
    if not 0.0 < share < 1.0:
        return 0.0 if share else math.inf
    return math.log(1.0 - draw) / math.log1p(-share)


def _complain(served: Served, truth: Truth, finding: Finding) -> None:
    _log.warning(
        "cache: a promise was broken (%s): %s was answered by %s with version %d, %s stale; "
        "the database has version %d.",
        finding.verdict,
        served.document.id,
        served.tier,
        served.document.version,
        "unknown how" if finding.seconds is None else f"{finding.seconds:.3f} s",
        truth.version,
    )
