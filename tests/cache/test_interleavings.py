"""Every order of loads, writes, expiries and deliveries: two readers, two writers, four processes.

Each script is gone through exhaustively; the figures tell how many schedules that were (`pytest
-s`). What is promised of each answer is in `interleavings_process.py`: never below what its process
has given, written or been told of before, never below what its client has seen, and never what the
database did not say. When all is quiet no near tier may hold, and no poll give, the past.
"""

import pytest

from interleavings import explore
from interleavings_scenes import Script, played
from interleavings_world import DELETE, FINISH, GO_ON
from live.soak import SOAK

TOGETHER, APART = ("a", "a"), ("a", "b")
WRITERS = (("w1", (FINISH,)), ("w2", (DELETE,)))
"""Done, then deleted; or the deletion comes too early, and is refused."""
MOVING = (("w1", (GO_ON,)), ("w2", (GO_ON,)))
ENDED = (("w1", (GO_ON,)), ("w2", (FINISH, DELETE)))
DIES = {"w2": "lost"}
BOTH_DIE = {"w1": "lost", "w2": "lost"}

SCRIPTS = {
    "one process": Script(polls=TOGETHER, writes=WRITERS),
    "one process, Redis has the job": Script(polls=TOGETHER, writes=MOVING, warm=True),
    "two processes": Script(polls=APART, writes=WRITERS),
    "two processes, Redis has the job": Script(polls=APART, writes=MOVING, warm=True),
    "a writer dies before its put": Script(polls=APART, writes=MOVING, puts=DIES),
    "a put is executed late": Script(polls=APART, writes=MOVING, puts={"w2": "late"}),
    "a slow load, while the job ends and is deleted": Script(polls=("a",), writes=ENDED),
    "writers get in each other's way": Script(polls=("a",), writes=MOVING, guarded=True),
    "the entry expires, one process": Script(
        polls=TOGETHER, writes=MOVING, expires=True, warm=True
    ),
    "the entry expires, two processes": Script(polls=APART, writes=MOVING, puts=DIES, expires=True),
    "the feed asks, one process": Script(
        polls=TOGETHER, writes=MOVING, puts=BOTH_DIE, asks={"a": 1}
    ),
    "the feeds ask, two processes": Script(
        polls=APART, writes=MOVING, puts=BOTH_DIE, asks={"a": 1, "b": 1}, warm=True
    ),
    "the feed asks twice": Script(
        polls=("a",), writes=WRITERS, puts=BOTH_DIE, asks={"a": 2}, loose=True
    ),
    "the feed begins": Script(polls=("a",), writes=WRITERS, asks={"a": 1}, starting="a", warm=True),
    "values are announced": Script(polls=("a",), writes=MOVING, hears=True),
    "values are announced, two processes": Script(
        polls=APART, writes=MOVING, puts=DIES, hears=True, warm=True
    ),
    "values are announced, the entry expires": Script(
        polls=TOGETHER, writes=MOVING, puts=DIES, hears=True, expires=True, warm=True
    ),
    "changes are made where it is polled": Script(
        polls=TOGETHER, writes=(("a", (GO_ON,)), ("w2", (GO_ON,))), puts=DIES
    ),
    "clients that have seen more, one process": Script(
        polls=TOGETHER, writes=MOVING, puts=DIES, seen=True, warm=True
    ),
    "clients that have seen more, two processes": Script(
        polls=APART, writes=MOVING, puts=BOTH_DIE, seen=True, warm=True
    ),
    "the job is created here": Script(polls=TOGETHER, creates="a", writes=(("a", ()),)),
    "the job is created elsewhere": Script(
        polls=("b", "b"), creates="a", writes=(("a", ()),), asks={"b": 1}
    ),
    "a poll and a batch": Script(polls=TOGETHER, writes=MOVING, puts=DIES, batches=True),
    "a poll and a batch, Redis has the job": Script(
        polls=TOGETHER, writes=MOVING, warm=True, batches=True
    ),
    "a poll and a batch of clients that have seen more": Script(
        polls=TOGETHER, writes=MOVING[:1], puts=BOTH_DIE, seen=True, warm=True, batches=True
    ),
    "no near tier": Script(polls=("a", "a"), writes=MOVING, near=None, warm=True),
}


LONG = {
    "values are announced, two processes",
    "values are announced, the entry expires",
    "the feeds ask, two processes",
}
"""Up to five million schedules: gone through in a soak."""


@pytest.mark.soak
@pytest.mark.parametrize("name", [name for name in SCRIPTS if SOAK or name not in LONG])
def test_no_schedule_breaks_a_promise(name: str) -> None:
    print(f"{name}: {explore(played(SCRIPTS[name]))}")  # noqa: T201 - how much was shown
