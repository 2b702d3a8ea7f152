"""What Tally promises to who polls, each promise as a check. Pure.

A check is fed with one observation after the other; those of one poller must come in the order in
which it made them.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias

from live.observation import Committed, Observation, version_of


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What the observations are held against."""

    statuses: frozenset[int] = frozenset({200, 304})
    """What may be answered; 0 stands for no answer. Whether 404 is right has a check of its own."""
    fresh_seconds: float = 2.0
    """No answer lacks a change that was committed so long before the poll began ..."""
    fresh_tiers: frozenset[str] | None = frozenset({"near"})
    """... if it came from such a tier and is not marked stale. None: from wherever it came."""


Check: TypeAlias = Callable[[Observation], str | None]
"""A sentence where the observation breaks the promise."""


def checks_for(timeline: Iterable[Committed], promise: Promise) -> dict[str, Check]:
    """All checks by name, none of which has seen anything yet."""
    committed = _Timeline(timeline)
    return {
        "another job": _another_job,
        "no document": _no_document,
        "tag and body differ": _tag_and_body_differ,
        "wrong 304": _wrong_304,
        "status": lambda seen: _status(seen, promise),
        "went back": _WentBack(),
        "two bodies": _TwoBodies(),
        "undone": _Undone(),
        "vanished": lambda seen: committed.vanished(seen, promise),
        "too old": lambda seen: committed.too_old(seen, promise),
    }


def _another_job(seen: Observation) -> str | None:
    if seen.body_job in ("", seen.job):
        return None
    return f"the body is of {seen.body_job}"


def _no_document(seen: Observation) -> str | None:
    if seen.status != 200 or seen.body_job:
        return None
    return f"200 without a document ({seen.error})"


def _tag_and_body_differ(seen: Observation) -> str | None:
    if seen.status != 200 or not seen.body_job or seen.version == seen.body_version:
        return None
    return f"the tag is {seen.etag or 'missing'}, the body has version {seen.body_version}"


def _wrong_304(seen: Observation) -> str | None:
    if seen.status != 304 or (seen.sent and _strong(seen.etag) == _strong(seen.sent)):
        return None
    return f"304 with the tag {seen.etag or 'missing'}"


def _strong(etag: str) -> str:
    return etag.removeprefix("W/")


def _status(seen: Observation, promise: Promise) -> str | None:
    if seen.status in promise.statuses or seen.status == 404:
        return None
    return f"status {seen.status}" if seen.status else f"no answer ({seen.error})"


class _WentBack:
    """For who sends tags, over all processes: the tag is its memory. For others at one process."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], tuple[str, int]] = {}

    def __call__(self, seen: Observation) -> str | None:
        if not seen.version:
            return None
        process, version = self._last.get((seen.poller, seen.job), ("", 0))
        floor = max(version_of(seen.sent), version if process == seen.process else 0)
        self._last[seen.poller, seen.job] = (seen.process, seen.version)
        if seen.version >= floor:
            return None
        return f"version {seen.version} after {floor}"


class _TwoBodies:
    def __init__(self) -> None:
        self._first: dict[tuple[str, int], tuple[str, str]] = {}

    def __call__(self, seen: Observation) -> str | None:
        if not seen.body_job:
            return None
        key = (seen.body_job, seen.body_version)
        digest, process = self._first.setdefault(key, (seen.digest, seen.process))
        if digest == seen.digest:
            return None
        return f"version {seen.body_version} has other bytes than {process} gave"


class _Undone:
    """Final states are absorbing: no version above a done one is not done."""

    def __init__(self) -> None:
        self._done: dict[str, int] = {}
        self._undone: dict[str, int] = {}

    def __call__(self, seen: Observation) -> str | None:
        job, version = seen.body_job, seen.body_version
        done, undone = self._done.get(job, version), self._undone.get(job, version)
        if not job:
            return None
        if seen.body_done:
            self._done[job] = min(version, done)
            return f"done at version {version}, not at {undone}" if undone > version else None
        self._undone[job] = max(version, undone)
        return f"not done at version {version}, done at {done}" if version > done else None


class _Timeline:
    """Each job's changes: the moments, and the highest version that was committed by each."""

    def __init__(self, changes: Iterable[Committed]) -> None:
        by_job: dict[str, list[Committed]] = defaultdict(list)
        for change in sorted(changes, key=lambda each: each.at):
            by_job[change.job].append(change)
        self._moments = {job: [each.at for each in told] for job, told in by_job.items()}
        self._versions = {
            job: list(accumulate((each.version for each in told), max))
            for job, told in by_job.items()
        }

    def vanished(self, seen: Observation, promise: Promise) -> str | None:
        """Without a timeline every job was there; a new one may be unheard of for a moment."""
        moments = self._moments.get(seen.job)
        known = seen.sent or not moments or seen.began > moments[0] + promise.fresh_seconds
        return "404 for a job that exists" if seen.status == 404 and known else None

    def too_old(self, seen: Observation, promise: Promise) -> str | None:
        if not seen.version or not _vouched_for(seen.cache, promise.fresh_tiers):
            return None
        moments = self._moments.get(seen.job, ())
        count = bisect_right(moments, seen.began - promise.fresh_seconds)
        versions = self._versions.get(seen.job, ())
        if count == 0 or versions[count - 1] <= seen.version:
            return None
        late = seen.began - moments[bisect_right(versions, seen.version)]
        return f"version {seen.version} ({seen.cache}), {late:.3f} s after the next was committed"


def _vouched_for(cache: str, tiers: frozenset[str] | None) -> bool:
    """Whether the answer claims to be fresh, as its Cache-Status has it."""
    words = [word.strip() for word in cache.split(";")]
    if "fwd=stale" in words and "fwd-status=503" in words:
        return False
    return tiers is None or any(f"detail={tier}" in words for tier in tiers)
