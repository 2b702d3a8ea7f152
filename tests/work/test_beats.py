"""Acts at a beat: through outages, and with few words about them."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from jobs import StoreUnavailable
from work.beats import every, until_done

Act = Callable[[], Awaitable[None]]


def act_of(results: list[Exception | None]) -> tuple[Act, asyncio.Event]:
    """Does what the results say, one after the other; the event is set when all are used."""
    over = asyncio.Event()

    async def act() -> None:
        result = results.pop(0) if results else None
        if not results:
            over.set()
        if result:
            raise result

    return act, over


async def test_an_outage_is_told_when_it_begins_and_when_it_is_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    act, over = act_of([StoreUnavailable("Gone."), StoreUnavailable("Gone."), None, None])
    beating = asyncio.create_task(every(0.001, act, "the beat"))
    await asyncio.wait_for(over.wait(), 5)
    beating.cancel()

    assert caplog.messages == ["the beat: Gone. Trying again.", "the beat works again."]


async def test_a_bug_in_an_act_ends_nothing() -> None:
    act, over = act_of([ZeroDivisionError(), None])
    beating = asyncio.create_task(every(0.001, act, "the beat"))
    await asyncio.wait_for(over.wait(), 5)

    assert not beating.done()

    beating.cancel()


async def test_an_act_that_hangs_is_cut_and_tried_again() -> None:
    begun: list[int] = []

    async def hang() -> None:
        begun.append(1)
        if len(begun) < 3:
            await asyncio.Event().wait()

    await asyncio.wait_for(until_done(hang, "hanging", seconds=0.001, limit=0.01), 5)

    assert len(begun) == 3


async def test_until_done_stops_at_the_first_success() -> None:
    act, _ = act_of([StoreUnavailable(), None, ZeroDivisionError()])
    await until_done(act, "the start", seconds=0.001)
