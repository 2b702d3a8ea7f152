"""The near tier reports about the bytes that its documents really take, with all made of them."""

import gc
import tracemalloc
from collections.abc import Sequence
from typing import Any

import pytest

from api.lane import Lane
from api.lane_request import NOTHING
from cache.belief import Belief
from cache.freshness import Lifetimes
from cache.near import Near
from cache.proof import NoProof
from example_documents import Clock
from jobs import Document, new_id

JOBS = 2000
PROVEN = NoProof(proven=True, proven_at=1000.5)


def read_from_a_row(size: int) -> Document:
    """Shares nothing but its owner with another one, as from a database."""
    return Document(
        id=new_id(1_700_000_000.0),
        owner="default",
        version=1000,
        done=False,
        gone=False,
        retry_after=2,
        body=bytes(size),
    )


def remember(near: Near, belief: Belief, sizes: Sequence[int]) -> None:
    """All that a poll from memory leaves behind for the next one."""

    def nothing(*args: Any, **named: Any) -> Any:
        return False

    lane = Lane(lambda job_id, floor, owner: belief.at_hand(job_id), nothing, nothing, nothing)
    for size in sizes:
        document = read_from_a_row(size)
        near.keep(document, float(size), near.epoch)
        assert lane.at_once(document.id, NOTHING, "")


@pytest.mark.parametrize(("least", "greatest"), [(2048, 2048), (1024, 4096), (700, 1800)])
def test_what_it_reports_is_within_15_percent_of_what_it_takes(least: int, greatest: int) -> None:
    clock = Clock()
    near = Near(entries=JOBS, size=2**30, negative_seconds=1.0, clock=clock)
    lifetimes = Lifetimes(moving=30.0, final=3600.0, negative=1.0)
    belief = Belief(near, PROVEN, lifetimes, clock=clock, wall=clock)
    sizes = [least + place * (greatest - least) // JOBS for place in range(JOBS)]
    tracemalloc.start()
    try:
        remember(near, belief, sizes[:1])
        gc.collect()
        before, reported = tracemalloc.get_traced_memory()[0], near.size
        remember(near, belief, sizes[1:])
        gc.collect()
        taken = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()

    assert near.size - reported == pytest.approx(taken, rel=0.15)
