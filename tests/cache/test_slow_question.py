"""A question that blocks is asked in one thread at a time, and a late answer still counts."""

import asyncio
import threading

import pytest

from cache.slow_question import SlowQuestion


class Slow:
    """Answers 1, 2, 3 and so on, each once it is let go."""

    def __init__(self) -> None:
        self.asked = 0
        self.go = threading.Event()

    def __call__(self) -> int:
        self.asked += 1
        self.go.wait(10.0)
        return self.asked


async def test_each_answer_that_was_taken_is_followed_by_a_new_question() -> None:
    slow = Slow()
    slow.go.set()
    question = SlowQuestion(slow)

    assert [await question.answer(), await question.answer()] == [1, 2]
    assert not question.open


async def test_whoever_asks_meanwhile_waits_for_the_same_answer() -> None:
    slow = Slow()
    question = SlowQuestion(slow)
    waiting = [asyncio.create_task(question.answer()) for _ in range(20)]
    await asyncio.sleep(0)
    slow.go.set()

    assert await asyncio.gather(*waiting) == [1] * 20
    assert slow.asked == 1


async def test_an_answer_that_came_too_late_for_one_is_given_to_the_next() -> None:
    slow = Slow()
    question = SlowQuestion(slow)
    for _ in range(20):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(question.answer(), 0.001)
    still_open = question.open
    slow.go.set()

    assert await asyncio.wait_for(question.answer(), 5.0) == 1
    assert still_open
    assert not question.open


async def test_an_error_reaches_everyone_who_waits_and_the_next_question_is_a_new_one() -> None:
    answers: list[Exception | int] = [LookupError("not yet"), 7]

    def ask() -> int:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    question = SlowQuestion(ask)
    outcomes = await asyncio.gather(question.answer(), question.answer(), return_exceptions=True)

    assert [str(outcome) for outcome in outcomes] == ["not yet", "not yet"]
    assert await question.answer() == 7


def test_without_an_event_loop_one_can_wait_for_a_while() -> None:
    slow = Slow()
    question = SlowQuestion(slow)
    with pytest.raises(TimeoutError):
        question.wait(0.001)
    slow.go.set()

    assert question.wait(5.0) == 1
    assert not question.open
