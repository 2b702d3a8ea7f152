"""Asks what may block for long in a thread of its own, one at a time. Knows not what it asks.

The event loop's own threads are few and serve files, too; and what hangs cannot be told to stop.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class SlowQuestion(Generic[Answer]):
    """A question that is never asked twice at once, and whose late answer is not lost."""

    def __init__(self, ask: Callable[[], Answer]) -> None:
        self._ask = ask
        self._open: Future[Answer] | None = None

    @property
    def open(self) -> bool:
        """Whether it was asked, and nobody has taken its answer yet."""
        return self._open is not None

    async def answer(self) -> Answer:
        """The answer to the open question, or to one asked now; raises what `ask` raises.

        Fit to be cancelled: whoever comes next gets the answer, if it is there by then.
        """
        question = self._asked()
        try:
            return await asyncio.shield(asyncio.wrap_future(question))
        finally:
            self._taken(question)

    def wait(self, seconds: float) -> Answer:
        """The same where no event loop runs yet. Raises TimeoutError when the time is over."""
        question = self._asked()
        try:
            return question.result(seconds)
        finally:
            self._taken(question)

    def _asked(self) -> Future[Answer]:
        if self._open is None:
            question: Future[Answer] = Future()
            Thread(target=self._settle, args=(question,), daemon=True).start()
            self._open = question
        return self._open

    def _taken(self, question: Future[Answer]) -> None:
        if question.done() and self._open is question:
            self._open = None

    def _settle(self, question: Future[Answer]) -> None:
        try:
            answer = self._ask()
        except Exception as error:  # passed on to whoever waits
            question.set_exception(error)
        else:
            question.set_result(answer)
