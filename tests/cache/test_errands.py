"""Work in tasks of its own: whoever waits may leave, and what is left behind harms nobody."""

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


async def test_the_outcome_of_the_work_is_given() -> None:
    assert await Errands(1).run(quick, 1.0) == "done"


async def test_work_that_takes_too_long_is_a_timeout_and_is_cancelled() -> None:
    cancelled = asyncio.Event()

    async def work() -> str:
        try:
            return await endless()
        finally:
            cancelled.set()

    assert await Errands(1).run(work, 0.02) in TOO_LATE
    await asyncio.wait_for(cancelled.wait(), 1.0)


async def test_nobody_waits_for_the_clean_up_of_abandoned_work() -> None:
    may_end = asyncio.Event()

    async def work() -> str:
        try:
            return await endless()
        finally:
            await may_end.wait()

    outcome = await asyncio.wait_for(Errands(1).run(work, 0.02), 1.0)
    may_end.set()

    assert outcome in TOO_LATE


async def test_a_caller_who_is_cancelled_does_not_cancel_the_work() -> None:
    begun, may_go_on, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> str:
        begun.set()
        await may_go_on.wait()
        ended.set()
        return "done"

    caller = asyncio.create_task(Errands(1).run(work, 5.0))
    await begun.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    may_go_on.set()

    await asyncio.wait_for(ended.wait(), 1.0)


async def test_work_left_by_its_caller_still_ends_at_its_deadline() -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def work() -> str:
        begun.set()
        try:
            return await endless()
        finally:
            cancelled.set()

    caller = asyncio.create_task(Errands(1).run(work, 0.05))
    await begun.wait()
    caller.cancel()

    await asyncio.wait_for(cancelled.wait(), 1.0)


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

    assert await errands.run(quick, 0.1) is Trouble.BUSY
    assert time.monotonic() - began < 0.1
    first.cancel()
    await errands.stop(1.0)


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


async def test_an_answer_that_is_here_is_taken_although_the_loop_was_late() -> None:
    begun = asyncio.Event()

    async def work() -> str:
        begun.set()
        await asyncio.sleep(0.001)
        for _ in range(3):  # as a driver, which takes some turns to read what has arrived
            await asyncio.sleep(0)
        return "done"

    caller = asyncio.create_task(Errands(1).run(work, 0.05))
    await begun.wait()
    time.sleep(0.06)  # noqa: ASYNC251 - a busy loop is what is tested

    assert await caller == "done"


async def test_our_own_lateness_is_not_held_against_the_server() -> None:
    begun = asyncio.Event()

    async def work() -> str:
        begun.set()
        return await endless()

    caller = asyncio.create_task(Errands(1).run(work, 0.05))
    await begun.wait()
    time.sleep(0.2)  # noqa: ASYNC251 - a busy loop is what is tested

    assert await caller is Trouble.BUSY


async def test_stopping_ends_what_is_under_way() -> None:
    errands = Errands(5)
    callers = [asyncio.create_task(errands.run(endless, 60.0)) for _ in range(5)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await errands.stop(1.0)

    assert set(await asyncio.gather(*callers)) <= TOO_LATE


async def test_stopping_does_not_wait_for_ever() -> None:
    may_end = asyncio.Event()

    async def work() -> str:
        try:
            return await endless()
        finally:
            await may_end.wait()

    errands = Errands(1)
    caller = asyncio.create_task(errands.run(work, 60.0))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await asyncio.wait_for(errands.stop(0.05), 1.0)
    may_end.set()

    assert await caller in TOO_LATE
