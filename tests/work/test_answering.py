"""Blocking questions: answered, refused, or given up on."""

import asyncio
import threading

import pytest

from work.answering import answer_to


async def test_an_answer_comes_from_another_thread() -> None:
    asker = await answer_to(threading.current_thread, seconds=5)

    assert asker is not threading.current_thread()
    assert asker.daemon


async def test_what_the_question_raises_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        await answer_to(lambda: 1 // 0, seconds=5)


async def test_a_question_that_hangs_is_given_up_and_others_are_answered() -> None:
    release = threading.Event()
    with pytest.raises(TimeoutError):
        await answer_to(release.wait, seconds=0.05)
    answer = await answer_to(lambda: 42, seconds=5)
    release.set()
    await asyncio.sleep(0)

    assert answer == 42
