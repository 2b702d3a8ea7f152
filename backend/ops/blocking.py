"""Runs what may block for long in a thread that nobody waits for at the end. Knows not what it is.

The event loop's own threads are waited for when a program ends: one that hangs would hold it.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

Answer = TypeVar("Answer")


async def within(seconds: float, ask: Callable[[], Answer]) -> Answer:
    """The answer. Raises TimeoutError when the time is over, else what `ask` raises.

    It does not stop what it leaves behind: that ends with the process, at the latest.
    """
    question: Future[Answer] = Future()
    question.set_running_or_notify_cancel()  # whoever leaves it cannot take its place away
    Thread(target=_settle, args=(question, ask), daemon=True).start()
    async with asyncio.timeout(seconds):  # wait_for of Python 3.11 may swallow a cancellation
        return await asyncio.wrap_future(question)


def _settle(question: Future[Answer], ask: Callable[[], Answer]) -> None:
    try:
        answer = ask()
    except Exception as error:  # passed on to whoever waits
        question.set_exception(error)
    else:
        question.set_result(answer)
