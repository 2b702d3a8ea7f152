"""Work that is attended: without a deadline and a place, and ended by whoever waits for it."""

import asyncio

from cache.errands import Errands


async def test_it_takes_no_place_and_its_outcome_is_given() -> None:
    errands, may_end = Errands(1), asyncio.Event()

    async def work() -> str:
        await may_end.wait()
        return "done"

    async def other() -> str:
        return "other"

    attended = [asyncio.create_task(errands.attend(work)) for _ in range(3)]
    await asyncio.sleep(0)
    meanwhile = await errands.run(other, 1.0)
    may_end.set()

    assert meanwhile == "other"
    assert await asyncio.gather(*attended) == ["done"] * 3


async def test_a_caller_who_is_cancelled_cancels_it_and_does_not_wait_for_its_clean_up() -> None:
    begun, ending, may_end = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ending.set()
            await may_end.wait()

    caller = asyncio.create_task(Errands(1).attend(work))
    await begun.wait()
    caller.cancel()
    await asyncio.wait({caller}, timeout=1.0)
    gone = caller.cancelled()
    await asyncio.wait_for(ending.wait(), 1.0)
    may_end.set()

    assert gone


async def test_a_stop_ends_it_and_whoever_waits_gets_nothing() -> None:
    errands, begun = Errands(1), asyncio.Event()

    async def work() -> str:
        begun.set()
        await asyncio.Event().wait()
        return "never"

    caller = asyncio.create_task(errands.attend(work))
    await begun.wait()
    await errands.stop(1.0)

    assert await asyncio.wait_for(caller, 1.0) is None
