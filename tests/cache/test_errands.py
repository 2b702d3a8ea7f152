"""Work in tasks of its own: whoever waits may leave, and what is left behind harms nobody."""

import asyncio
import time

import pytest

from cache.errands import Errands
from cache.tier import Trouble

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


async def test_a_proofs_timeout_is_a_timeout_although_the_loop_was_late() -> None:
    begun = asyncio.Event()

    async def work() -> str:
        begun.set()
        return await endless()

    proof = asyncio.create_task(Errands(1).prove(work, 0.05))
    await begun.wait()
    time.sleep(0.2)  # noqa: ASYNC251 - a busy loop is what is tested

    assert await proof is Trouble.TIMEOUT


async def test_a_proof_is_not_failed_by_a_late_loop_before_an_answer_could_be_read() -> None:
    begun = asyncio.Event()

    async def work() -> str:
        begun.set()
        await asyncio.sleep(0.22)  # the answer comes just after the loop is back
        return "done"

    proof = asyncio.create_task(Errands(1).prove(work, 0.1))
    await begun.wait()
    time.sleep(0.2)  # noqa: ASYNC251 - a busy loop is what is tested

    assert await proof == "done"


async def test_a_proof_that_is_given_up_takes_its_work_along() -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def work() -> str:
        begun.set()
        try:
            return await endless()
        finally:
            cancelled.set()

    proof = asyncio.create_task(Errands(1).prove(work, 60.0))
    await begun.wait()
    proof.cancel()

    await asyncio.wait_for(cancelled.wait(), 1.0)


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
