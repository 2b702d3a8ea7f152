"""Asks a blocking question from async code, within bounds. Knows nothing of what is asked."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

_T = TypeVar("_T")


async def answer_to(question: Callable[[], _T], *, seconds: float) -> _T:
    """What the question returns or raises; TimeoutError when it takes longer, and then it goes on.

    Asked in a daemon thread, not a pool's: one that hangs must not keep the process from ending.
    """
    answer: Future[_T] = Future()
    answer.set_running_or_notify_cancel()  # a waiter that gives up cannot cancel a thread

    def ask() -> None:
        try:
            answer.set_result(question())
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=ask, name="job-engine", daemon=True).start()
    async with asyncio.timeout(seconds):
        return await asyncio.wrap_future(answer)
