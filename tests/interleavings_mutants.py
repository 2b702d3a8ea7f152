"""The cache without one of its guards each: a patch of the real code that ends with the test."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

import pytest

from cache.belief import Belief
from cache.cached_jobs import CachedJobs
from cache.entry import Entry, Foreign, Unreadable, decode, named
from cache.feed import Feed
from cache.floor_reads import FloorReads
from cache.look_ups import LookUps
from cache.mending import Mending
from cache.near import Near
from cache.push import Push
from cache.recall import Outcome, Recalled
from cache.single_flight import SingleFlight
from cache.tier import Budget
from jobs import Answer, Document

Patch: TypeAlias = pytest.MonkeyPatch
Mutation: TypeAlias = Callable[[Patch], None]
_keep = Near.keep
_succeeded = Feed._succeeded


def near_keeps_any_version(patch: Patch) -> None:
    def keep(near: Near, document: Document, said_at: float, epoch: int) -> None:
        if epoch == near.epoch:
            near._known.put(document.id, 0)
            near._held.pop(document.id, None)
        _keep(near, document, said_at, epoch)

    patch.setattr(Near, "keep", keep)


def near_keeps_of_any_epoch(patch: Patch) -> None:
    def keep(near: Near, document: Document, said_at: float, epoch: int) -> None:
        _keep(near, document, said_at, near.epoch)

    patch.setattr(Near, "keep", keep)


def near_denies_what_is_known(patch: Patch) -> None:
    def deny(near: Near, job_id: str, epoch: int) -> None:
        if epoch == near.epoch:
            near._denied[job_id] = None

    patch.setattr(Near, "deny", deny)


def near_denies_of_any_epoch(patch: Patch) -> None:
    def deny(near: Near, job_id: str, epoch: int) -> None:
        if not near.known(job_id):
            near._denied[job_id] = None

    patch.setattr(Near, "deny", deny)


def denials_outlive_a_creation(patch: Patch) -> None:
    def note(near: Near, document: Document) -> None:
        near._known.put(document.id, document.version)

    patch.setattr(Near, "_note", note)


def everything_is_trusted(patch: Patch) -> None:
    patch.setattr("cache.belief.trusted", lambda version, *, known, proven: True)


def unknown_jobs_are_trusted(patch: Patch) -> None:
    patch.setattr("cache.belief.trusted", lambda version, *, known, proven: version >= known)


def pushes_of_unknown_jobs_are_believed(patch: Patch) -> None:
    def deliver(push: Push, raw: bytes) -> None:
        if entry := push._shared.announced(raw):
            push._near.keep(entry.document, push._clock(), push._near.epoch)

    patch.setattr(Push, "deliver", deliver)


def puts_are_blind(patch: Patch) -> None:
    patch.setattr("interleavings_world.put_if_newer", lambda held, value: (value, 1))


def floors_are_read_from_memory(patch: Patch) -> None:
    def read(it: FloorReads, ids: Collection[str], budget: Budget) -> Any:
        return it._flights.do(ids, partial(it._recall.anywhere, budget=budget))

    patch.setattr(FloorReads, "read", read)


def floor_reads_under_way_are_joined(patch: Patch) -> None:
    forget = SingleFlight.forget

    def forget_others(flights: SingleFlight[Outcome], key: str) -> None:
        if not key.startswith("floor "):
            forget(flights, key)

    patch.setattr(SingleFlight, "forget", forget_others)


def floors_take_any_read_for_new_enough(patch: Patch) -> None:
    patch.setattr("cache.recall.Recalled", lambda answer, asked_at=0.0: Recalled(answer, 1e9))


def late_answers_are_believed(patch: Patch) -> None:
    """Of a look-up that began before a change came to be known."""

    async def newest(looking: LookUps, wanted: Mapping[str, int], *rest: Any) -> dict[str, Answer]:
        recalled = await looking._look_up(wanted, rest[-1])
        return {job_id: it.answer for job_id, it in recalled.items()}

    patch.setattr(LookUps, "_newest", newest)


def nothing_is_forgotten_on_write(patch: Patch) -> None:
    """Nor is it noticed afterwards: each guard alone would do."""
    late_answers_are_believed(patch)
    patch.setattr(SingleFlight, "forget", lambda flights, key: None)


def writes_are_not_kept_near(patch: Patch) -> None:
    async def remember(jobs: CachedJobs, document: Document, epoch: int) -> None:
        jobs._flights.forget(document.id)
        await jobs._shared.put(document, jobs._wall(), jobs._shared.budget())

    patch.setattr(CachedJobs, "_remember", remember)


def waiters_are_not_shielded(patch: Patch) -> None:
    patch.setattr(asyncio, "shield", lambda task: task)


def proof_is_as_old_as_the_answer(patch: Patch) -> None:
    patch.setattr(Feed, "_succeeded", lambda feed, asked: _succeeded(feed, feed._clock()))


def proof_never_ends(patch: Patch) -> None:
    patch.setattr("cache.feed.PROOF_SECONDS", float("inf"))


def news_are_not_kept(patch: Patch) -> None:
    async def catch_up(feed: Feed, asked: float) -> None:
        if feed._cursor is None:
            beginning = await feed._changes.begin()
            feed._near.begin(beginning.versions)
            feed._cursor = beginning.cursor
        else:
            feed._cursor = (await feed._changes.since(feed._cursor)).cursor

    patch.setattr(Feed, "_catch_up", catch_up)


def nothing_is_mended(patch: Patch) -> None:
    async def mend(mending: Mending) -> None:
        """Not."""

    patch.setattr(Mending, "mend", mend)


def any_jobs_value_will_do(patch: Patch) -> None:
    def anybodys(raw: bytes, job_id: str) -> Entry | Unreadable | Foreign:
        entry = decode(raw, named(raw))
        assert isinstance(entry, Entry)
        return replace(entry, document=replace(entry.document, id=job_id))

    patch.setattr("cache.decoded.decode", anybodys)


def damage_is_not_noticed(patch: Patch) -> None:
    def forgiving(raw: bytes, job_id: str) -> Entry | Unreadable | Foreign:
        with pytest.MonkeyPatch.context() as blind:
            found = int(raw.split(b"\n")[0].split(b" ")[-1], 16)
            blind.setattr("cache.entry.crc32", lambda *_: found)
            return decode(raw, job_id)

    patch.setattr("cache.decoded.decode", forgiving)


def nothing_expires(patch: Patch) -> None:
    patch.setattr("cache.belief.expired", lambda entry, now, lifetimes: False)


def stale_answers_have_no_end(patch: Patch) -> None:
    def stale(belief: Belief, job_id: str, found: Any = None) -> Answer | None:
        held = belief._near.get(job_id)
        return replace(belief._near_answer(held), hit=False, stale=True) if held else None

    patch.setattr(Belief, "stale", stale)


def owners_are_not_asked_for(patch: Patch) -> None:
    patch.setattr("cache.cached_jobs.seen_by", lambda owner, answer: answer)
