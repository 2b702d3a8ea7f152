"""Polls by the fast lane keep what all polls keep, in every order: they are never given an older
version than is known, was given or was seen. And each guard of it is needed.

As `test_interleavings.py` and `test_guards_matter.py`, with readers that go by the lane.
"""

import time
from itertools import count
from typing import Final

import pytest

import interleavings_lane_mutants as without
import interleavings_mutants as guards
from cache.entry import encode
from interleavings import Violation, explore
from interleavings_mutants import Mutation, Patch
from interleavings_scenes import Script, Writes, played
from interleavings_world import DELETE, FINISH, GO_ON, WALL, a_document

TOGETHER, APART = ("a", "a"), ("a", "b")
CHANGE: Final[Writes] = (("w", (GO_ON,)),)
MOVING: Final[Writes] = (*CHANGE, ("w2", (GO_ON,)))
LOST: Final = {"w": "lost"}
DIES: Final = {"w2": "lost"}
OLD: Final = encode(a_document(1), 1000.0 + WALL)

SCRIPTS: Final = {
    "a writer dies before its put": Script(
        polls=TOGETHER, lanes=2, writes=MOVING, puts=DIES, warm=True
    ),
    "two processes": Script(polls=APART, lanes=2, writes=MOVING, puts=DIES, warm=True),
    "one goes the ordinary way": Script(polls=TOGETHER, lanes=1, writes=CHANGE, warm=True),
    "a slow load": Script(polls=("a",), lanes=1, writes=CHANGE, puts=LOST, asks={"a": 1}),
    "the feed asks": Script(
        polls=TOGETHER, lanes=2, writes=CHANGE, puts=LOST, warm=True, asks={"a": 1}
    ),
    "the proof ends": Script(
        polls=("a",), lanes=1, writes=CHANGE, puts=LOST, polled=True, passing=(1.6,)
    ),
    "values are announced": Script(polls=TOGETHER, lanes=2, writes=CHANGE, warm=True, hears=True),
    "no near tier, a put is executed late": Script(
        polls=TOGETHER, lanes=2, writes=MOVING, puts={"w2": "late"}, warm=True, near=None
    ),
    "no near tier, an old value appears": Script(
        polls=("b", "a"), lanes=2, past=(GO_ON,), polled=True, near=None, planted=OLD
    ),
    "Redis has an old value": Script(polls=("a",), lanes=1, past=(FINISH,), warm=True),
    "the entry expires": Script(
        polls=TOGETHER, lanes=2, writes=CHANGE, puts=LOST, warm=True, expires=True
    ),
    "clients that have seen more": Script(
        polls=TOGETHER, lanes=2, writes=CHANGE, puts=LOST, warm=True, seen=True
    ),
    "another owner's": Script(polls=("a",), lanes=1, owner="mallory", warm=True),
    "the job is deleted": Script(polls=("a",), lanes=1, past=(FINISH, DELETE), polled=True),
    "the first leaves": Script(polls=TOGETHER, lanes=2, writes=CHANGE, warm=True, leaves=True),
}

GUARDS: Final[dict[Mutation, str]] = {
    guards.near_keeps_any_version: "a slow load",
    guards.everything_is_trusted: "Redis has an old value",
    guards.proof_never_ends: "the proof ends",
    guards.waiters_are_not_shielded: "the first leaves",
    without.near_answers_without_a_proof: "the proof ends",
    without.the_first_near_answer_lasts: "one goes the ordinary way",
    without.what_was_given_is_no_floor: "no near tier, an old value appears",
    without.what_is_given_is_not_noted: "no near tier, an old value appears",
    without.what_redis_says_is_not_judged: "Redis has an old value",
    without.redis_is_asked_whatever_is_at_hand: "the feed asks",
    without.the_lane_knows_no_floor: "clients that have seen more",
    without.the_lane_asks_for_no_owner: "another owner's",
    without.the_lane_shows_what_is_gone: "the job is deleted",
    without.polls_are_told_twice: "two processes",
}
"""What takes a guard away, and the script that must tell."""


@pytest.fixture(autouse=True)
def _no_machine_is_too_slow(monkeypatch: Patch) -> None:
    """What the lane hands on to the ordinary way is good for 0.1 s of the real clock."""
    monkeypatch.setattr(time, "monotonic", count(0.0, 1e-6).__next__)


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_no_schedule_breaks_a_promise_by_the_lane(script: Script) -> None:
    print(explore(played(script)))  # noqa: T201 - how much was shown


@pytest.mark.parametrize("mutate", GUARDS, ids=lambda mutate: mutate.__name__)
def test_without_this_guard_the_lane_breaks_a_promise(mutate: Mutation, monkeypatch: Patch) -> None:
    mutate(monkeypatch)
    with pytest.raises(Violation):
        explore(played(SCRIPTS[GUARDS[mutate]]))
