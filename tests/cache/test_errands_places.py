"""Only so many errands at once: the others wait a little, or are refused at once."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from cache.errands import Errands
from cache.tier import Trouble

Work = Callable[[], Awaitable[str]]

TOO_LATE = {Trouble.TIMEOUT, Trouble.BUSY}
"""BUSY where the machine, not the work, was late."""


async def quick() -> str:
    return "done"


async def endless() -> str:
    await asyncio.Event().wait()
    return "never"


async def test_no_more_than_its_width_is_under_way_and_all_get_their_turn() -> None:
    under_way = most = 0

    async def work() -> str:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return "done"

    errands = Errands(3)
    outcomes = await asyncio.gather(*(errands.run(work, 5.0) for _ in range(30)))

    assert outcomes == ["done"] * 30
    assert most == 3


async def test_a_queue_too_long_to_be_served_is_refused_at_once() -> None:
    errands = Errands(1)
    outcomes = await asyncio.gather(*(errands.run(endless, 0.05) for _ in range(100)))

    assert set(outcomes) <= TOO_LATE
    assert outcomes[-1] is Trouble.BUSY


async def test_waiting_in_the_queue_leaves_time_for_the_work_itself() -> None:
    errands = Errands(1)
    first = asyncio.create_task(errands.run(endless, 5.0))
    await asyncio.sleep(0)
    began = time.monotonic()

    assert await errands.run(quick, 2.0) is Trouble.BUSY
    assert time.monotonic() - began < 2.0
    first.cancel()
    await errands.stop(1.0)


async def test_a_proof_gets_a_place_although_a_crowd_waits_for_it() -> None:
    errands = Errands(1)
    crowd = [asyncio.create_task(errands.run(endless, 0.05)) for _ in range(30)]
    await asyncio.sleep(0)
    outcome = await errands.prove(quick, 1.0)

    assert outcome == "done"
    await asyncio.gather(*crowd)


@pytest.mark.parametrize("work", [quick, endless])
async def test_every_place_is_given_back_however_the_work_ends(work: Work) -> None:
    errands = Errands(2)
    for _ in range(3):
        await asyncio.gather(*(errands.run(work, 0.01) for _ in range(2)))

    assert await errands.run(quick, 1.0) == "done"


async def test_a_place_is_given_back_by_work_that_was_cancelled_before_it_began() -> None:
    errands = Errands(1)
    caller = asyncio.create_task(errands.run(endless, 0.0))
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.wait({caller})

    assert await errands.run(quick, 1.0) == "done"
