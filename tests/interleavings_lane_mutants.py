"""The cache without one of the fast lane's guards each: a patch that ends with the test."""

from typing import TypeAlias

import pytest

from cache.belief import Belief
from cache.cached_jobs import CachedJobs, Tell
from cache.entry import Entry
from cache.near import Near
from cache.recall import Recall, Show
from cache.shared_gets import Kept
from jobs import DEFAULT_OWNER, Answer

Patch: TypeAlias = pytest.MonkeyPatch


def near_answers_without_a_proof(patch: Patch) -> None:
    def at_hand(belief: Belief, job_id: str) -> Answer | None:
        held = belief._near.get(job_id)
        return belief._near_answer(held) if held else None

    patch.setattr(Belief, "at_hand", at_hand)


def what_was_given_is_no_floor(patch: Patch) -> None:
    patch.setattr(Near, "given", lambda near, job_id, asked_at: 0)


def what_is_given_is_not_noted(patch: Patch) -> None:
    patch.setattr(Near, "give", lambda near, job_id, version, at: None)


def what_redis_says_is_not_judged(patch: Patch) -> None:
    """By the lane alone."""

    def ask_redis(recall: Recall, job_id: str, show: Show, tell: Tell) -> bool:
        def judge(kept: Kept) -> Answer | None:
            if not isinstance(kept, Entry):
                return None
            return show(Answer(document=kept.document, hit=True, detail="redis"))

        return recall._gets.ask(job_id, judge, tell)

    patch.setattr(Recall, "ask_redis", ask_redis)


def redis_is_asked_whatever_is_at_hand(patch: Patch) -> None:
    """And what it says is not judged."""
    what_redis_says_is_not_judged(patch)
    patch.setattr(CachedJobs, "at_hand", lambda *_, **__: None)
    patch.setattr(Belief, "at_hand", lambda *_: None)


def the_lane_knows_no_floor(patch: Patch) -> None:
    at_hand, ask_soon = CachedJobs.at_hand, CachedJobs.ask_soon

    def near(jobs: CachedJobs, job_id: str, floor: int, owner: str) -> Answer | None:
        return at_hand(jobs, job_id, 0, owner=owner)

    def redis(jobs: CachedJobs, job_id: str, floor: int, owner: str, *, tell: Tell) -> bool:
        return ask_soon(jobs, job_id, 0, owner=owner, tell=tell)

    patch.setattr(CachedJobs, "at_hand", near)
    patch.setattr(CachedJobs, "ask_soon", redis)


def the_lane_asks_for_no_owner(patch: Patch) -> None:
    at_hand, ask_soon = CachedJobs.at_hand, CachedJobs.ask_soon

    def near(jobs: CachedJobs, job_id: str, floor: int, owner: str) -> Answer | None:
        return at_hand(jobs, job_id, floor, owner=DEFAULT_OWNER)

    def redis(jobs: CachedJobs, job_id: str, floor: int, owner: str, *, tell: Tell) -> bool:
        return ask_soon(jobs, job_id, floor, owner=DEFAULT_OWNER, tell=tell)

    patch.setattr(CachedJobs, "at_hand", near)
    patch.setattr(CachedJobs, "ask_soon", redis)


def the_lane_shows_what_is_gone(patch: Patch) -> None:
    def near(jobs: CachedJobs, job_id: str, floor: int, owner: str) -> Answer | None:
        return jobs._belief.at_hand(job_id)

    patch.setattr(CachedJobs, "at_hand", near)


def polls_are_told_twice(patch: Patch) -> None:
    ask_redis = Recall.ask_redis

    def ask_twice(recall: Recall, job_id: str, show: Show, tell: Tell) -> bool:
        ask_redis(recall, job_id, show, tell)
        return ask_redis(recall, job_id, show, tell)

    patch.setattr(Recall, "ask_redis", ask_twice)


def the_first_near_answer_lasts(patch: Patch) -> None:
    """Whatever was kept since."""
    at_hand = Belief.at_hand

    def again(belief: Belief, job_id: str) -> Answer | None:
        answer = at_hand(belief, job_id)
        first: Answer | None = belief.__dict__.setdefault("first", answer) if answer else None
        return first

    patch.setattr(Belief, "at_hand", again)
