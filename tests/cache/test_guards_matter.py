"""Each guard of the cache is needed: without it, some schedule breaks a promise; with it, none.

A row takes one guard away (`interleavings_mutants.py`) and names the script that must tell.
"""

from typing import Final

import pytest

import interleavings_mutants as without
from cache import NearKnobs
from cache.entry import encode
from interleavings import Violation, explore
from interleavings_mutants import Patch
from interleavings_scenes import Script, Writes, played
from interleavings_world import DELETE, FINISH, GO_ON, OTHER_ID, WALL, a_document

TOGETHER: Final = ("a", "a")
CHANGE: Final[Writes] = (("w", (GO_ON,)),)
LOST: Final = {"w": "lost", "w2": "lost"}
FOREIGN: Final = encode(a_document(1, OTHER_ID), WALL)
DAMAGED: Final = encode(a_document(1), WALL).replace(b" at 1", b" at 7")

SLOW_LOAD: Final = Script(polls=("a",), writes=CHANGE, puts=LOST, asks={"a": 1})
BEGINNING: Final = Script(
    polls=("a",), writes=(("w", (FINISH,)),), puts=LOST, asks={"a": 1}, starting="a"
)
CREATION: Final = Script(polls=("a",), creates="w", writes=(("w", ()),), asks={"a": 1})
ENDED_BEFORE: Final = Script(
    polls=("a",), creates="w", writes=(("w", (FINISH,)),), puts=LOST,
    asks={"a": 1}, starting="a",
)  # fmt: skip
PUSH_OF_THE_PAST: Final = Script(
    polls=("b",), past=(FINISH,), writes=(("w", (DELETE,)),), puts=LOST,
    asks={"a": 1}, starting="a", hears=True,
)  # fmt: skip
NO_NEAR_TIER: Final = Script(polls=("a", "b"), writes=CHANGE, near=None)
SEEN: Final = Script(
    polls=TOGETHER, writes=(*CHANGE, ("w2", (GO_ON,))), puts=LOST, seen=True, warm=True
)
PAUSES: Final = Script(
    polls=("a",), writes=CHANGE, puts=LOST, asks={"a": 1}, passing=(1.2, 1.2), polled=True
)
LONG_PAUSE: Final = Script(
    polls=("a",), writes=CHANGE, puts=LOST, passing=(31.0,), warm=True, near=None
)
NO_DATABASE: Final = Script(
    polls=("a",), writes=CHANGE, puts=LOST, passing=(31.0,), polled=True, cut_off="a"
)

GUARDS: Final[dict[without.Mutation, Script]] = {
    without.near_keeps_any_version: SLOW_LOAD,
    without.news_are_not_kept: SLOW_LOAD,
    without.nothing_is_mended: Script(
        polls=("a",), writes=CHANGE, puts=LOST, asks={"a": 1}, warm=True
    ),
    without.near_keeps_of_any_epoch: BEGINNING,
    without.near_denies_what_is_known: CREATION,
    without.denials_outlive_a_creation: CREATION,
    without.near_denies_of_any_epoch: ENDED_BEFORE,
    without.everything_is_trusted: Script(polls=("a",), past=(FINISH,), warm=True),
    without.unknown_jobs_are_trusted: Script(polls=("a",), past=(FINISH,), warm=True),
    without.pushes_of_unknown_jobs_are_believed: PUSH_OF_THE_PAST,
    without.puts_are_blind: NO_NEAR_TIER,
    without.floors_are_read_from_memory: SEEN,
    without.floor_reads_under_way_are_joined: SEEN,
    without.floors_take_any_read_for_new_enough: SEEN,
    without.late_answers_are_believed: Script(
        polls=TOGETHER, writes=CHANGE, puts=LOST, asks={"a": 1}
    ),
    without.nothing_is_forgotten_on_write: Script(
        polls=TOGETHER, writes=(("a", (GO_ON,)),), near=NearKnobs(entries=0), puts={"a": "lost"}
    ),
    without.writes_are_not_kept_near: Script(polls=("a",), writes=(("a", (GO_ON,)),), polled=True),
    without.waiters_are_not_shielded: Script(polls=TOGETHER, leaves=True),
    without.proof_is_as_old_as_the_answer: PAUSES,
    without.proof_never_ends: PAUSES,
    without.any_jobs_value_will_do: Script(polls=("a",), planted=FOREIGN),
    without.damage_is_not_noticed: Script(polls=("a",), planted=DAMAGED),
    without.nothing_expires: LONG_PAUSE,
    without.stale_answers_have_no_end: NO_DATABASE,
    without.owners_are_not_asked_for: Script(polls=("a",), owner="mallory", warm=True),
}
_scripts = list(GUARDS.values())
SCRIPTS: Final = [it for number, it in enumerate(_scripts) if it not in _scripts[:number]]
"""Some tell of several guards."""


@pytest.mark.parametrize("script", SCRIPTS, ids=range(len(SCRIPTS)))
def test_with_all_guards_no_promise_is_broken(script: Script) -> None:
    explore(played(script))


@pytest.mark.parametrize("mutate", GUARDS, ids=lambda mutate: mutate.__name__)
def test_without_this_guard_a_promise_is_broken(
    mutate: without.Mutation, monkeypatch: Patch
) -> None:
    mutate(monkeypatch)
    with pytest.raises(Violation):
        explore(played(GUARDS[mutate]))
