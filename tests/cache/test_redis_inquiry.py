"""Asking several of whom any may fail: the newest answer counts, and nobody is waited for long."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from cache.redis_inquiry import Undiscovered, newest_of
from cache.redis_layout import Layout
from cache.redis_target import Node
from redis_parts import begun_since, shared_by

Until = Callable[..., Awaitable[float]]

OLD, NEW = (shared_by(Node(host=host, port=1), epoch=n) for n, host in enumerate("ab"))


async def says(layout: Layout) -> Layout:
    return layout


async def fails(error: BaseException) -> Layout:
    raise error


async def is_silent() -> Layout:
    await asyncio.Event().wait()
    raise AssertionError


async def test_the_newest_is_believed_whoever_is_first() -> None:
    assert await newest_of([says(OLD), says(NEW)]) == NEW
    assert await newest_of([says(NEW), says(OLD)]) == NEW


async def test_one_good_answer_is_enough_and_soon_enough() -> None:
    before = asyncio.all_tasks()
    async with asyncio.timeout(5.0):  # the silent ones are so for ever
        told = await newest_of([is_silent(), fails(OSError("dead")), says(OLD), is_silent()])

    assert told == OLD
    assert begun_since(before) == []


async def test_an_answer_that_comes_soon_after_the_first_is_still_heard() -> None:
    first_told = asyncio.Event()

    async def first() -> Layout:
        first_told.set()
        return OLD

    async def second() -> Layout:
        await first_told.wait()
        await asyncio.sleep(0)
        return NEW

    assert await newest_of([second(), first()]) == NEW


async def test_where_nobody_knows_each_reason_is_told() -> None:
    reasons = [OSError("one"), KeyError("two"), asyncio.CancelledError("three")]
    with pytest.raises(Undiscovered) as caught:
        await newest_of([fails(reason) for reason in reasons])

    assert set(caught.value.reasons) >= set(reasons[:2])
    assert len(caught.value.reasons) == 3


async def test_giving_up_on_an_inquiry_ends_its_questions() -> None:
    before = asyncio.all_tasks()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await newest_of([is_silent(), is_silent()])

    assert begun_since(before) == []
