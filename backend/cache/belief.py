"""What may be given out of what is remembered, near or in Redis, and how old it is. Asks nobody.

Answers are whosever the job is: ownership is checked for each caller, by whoever calls this.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from cache.entry import Entry
from cache.freshness import Lifetimes, age, expired, trusted
from cache.near import Held, Near
from cache.proof import Proof
from cache.tier import Trouble
from jobs import Answer, Document

_NEVER: Final = float("-inf")
"""When nothing was ever proven."""
_YOUNG_SECONDS: Final = 1.0
"""So long after a proof, ages and lifetimes in whole seconds are the same for all that is asked."""


class Belief:
    """Judges by what this process knows of a job's versions, and by what the feed proves."""

    def __init__(
        self,
        near: Near,
        proof: Proof,
        lifetimes: Lifetimes,
        *,
        clock: Callable[[], float],
        wall: Callable[[], float],
    ) -> None:
        self._near = near
        self._proof = proof
        self._lifetimes = lifetimes
        self._clock = clock
        self._wall = wall

    def at_hand(self, job_id: str) -> Answer | None:
        """A near answer, if one is there and the feed proves it."""
        held = self._near.peek(job_id)
        if held and held.young and self._clock() - self._proof.proven_at < _YOUNG_SECONDS:
            held.used = True
            return held.answer
        return self._looked_at(job_id)

    def _looked_at(self, job_id: str) -> Answer | None:
        """As `at_hand`, not at once: the answer is made, and may be found young from then on."""
        if not self._proof.proven:
            return None
        held, given = self._near.get(job_id), self._given(job_id)
        if held is not None:
            return self._near_answer(held) if held.document.version >= given else None
        if self._near.denied(job_id) and not given:
            return Answer(document=None, hit=True, detail="near")
        return None

    def floor(self, job_id: str) -> int:
        """The version below which nothing that Redis has can be an answer; 0 for none."""
        return max(self._near.known(job_id), self._given(job_id))

    def _given(self, job_id: str) -> int:
        return self._near.given(job_id, self._proof.proven_at)

    def shared(self, found: Entry | Trouble | None) -> Answer | None:
        """What Redis has, if it may be given out: then it counts as known, or as given."""
        if not isinstance(found, Entry):
            return None
        document, proven_at = found.document, self._proof.proven_at
        known, given = self._near.known(document.id), self._given(document.id)
        now = self._wall()
        if not self._may_answer(found, now, known, given):
            return None
        if 0 < known == document.version and proven_at > _NEVER:
            self._near.keep(document, proven_at, self._near.epoch)
        elif document.version > given:  # of what Redis alone knows the next proof must not vouch
            self._near.give(document.id, document.version, self._clock())
        answer = _hit(document, "redis", *self._spans(found, now), found.answer)
        object.__setattr__(found, "answer", answer)  # it is frozen, and this says no more of it
        return answer

    def newer(self, answer: Answer, entry: Entry) -> Answer:
        """The one to give where Redis kept a newer one than the database said, and nothing is
        proven: that one, for its lifetime."""
        now = self._wall()
        if expired(entry, now, self._lifetimes):
            return answer
        self._near.give(entry.document.id, entry.document.version, self._clock())
        return replace(self._shared_answer(entry, now), hit=False, forward=answer.forward)

    def stale(self, job_id: str, found: Entry | Trouble | None = None) -> Answer | None:
        """The newest that is remembered and not too old, for when the database cannot be asked."""
        held, floor = self._near.get(job_id), self.floor(job_id)
        candidates = [self._near_answer(held)] if held and held.document.version >= floor else []
        if isinstance(found, Entry) and found.document.version >= floor:
            candidates.append(self._shared_answer(found, self._wall()))
        usable = [answer for answer in candidates if answer.ttl]
        if not usable:
            return None
        return replace(max(usable, key=_version), hit=False, forward="stale", stale=True)

    def _may_answer(self, entry: Entry, now: float, known: int, given: int) -> bool:
        version, proven = entry.document.version, self._proof.proven
        if version < given:
            return False  # lost in Redis since, and an older one put there late
        fresh = proven or not expired(entry, now, self._lifetimes)
        return fresh and trusted(version, known=known, proven=proven)

    def _near_answer(self, held: Held) -> Answer:
        lifetime = self._lifetimes.of(held.document)
        past = max(0.0, self._clock() - max(held.said_at, self._proof.proven_at))
        held.answer = _hit(held.document, "near", past, max(0.0, lifetime - past), held.answer)
        held.young = 0.0 < past < _YOUNG_SECONDS and lifetime % 1 == 0
        return held.answer

    def _shared_answer(self, entry: Entry, now: float) -> Answer:
        return _hit(entry.document, "redis", *self._spans(entry, now))

    def _spans(self, entry: Entry, now: float) -> tuple[float, float]:
        """How old it is, and for how long it may still be given."""
        past = age(entry, now)
        if self._proof.proven:
            past = min(past, max(0.0, self._clock() - self._proof.proven_at))
        return past, max(0.0, self._lifetimes.of(entry.document) - past)


def _hit(
    document: Document, tier: str, past: float, left: float, last: Answer | None = None
) -> Answer:
    """`last`, which was made of the same, while it says the same in whole seconds, and whether any
    is left: clients are told no more of them, and what is made for them of an answer need not be
    made again. Pure."""
    if last and (int(last.age), *_rest(last.ttl or 0.0)) == (int(past), *_rest(left)):
        return last
    return Answer(document=document, hit=True, detail=tier, age=past, ttl=left)


def _rest(left: float) -> tuple[int, bool]:
    return int(left), left > 0.0


def behind(answer: Answer, owner: str | None, floor: int) -> bool:
    """Whether somebody who has seen the version `floor` must not be given this. Pure.

    No floor, real or made up, tells anything about another owner's job.
    """
    document = answer.document
    if document is None:
        return floor > 0
    return document.version < floor and owner in (None, document.owner)


def seen_by(owner: str | None, answer: Answer) -> Answer:
    """Another owner's job is answered like one that does not exist. Pure."""
    if answer.document is None or owner in (None, answer.document.owner):
        return answer
    return replace(answer, document=None)


def _version(answer: Answer) -> int:
    return answer.document.version if answer.document else 0
