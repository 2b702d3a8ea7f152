"""Asks several at once, of whom any may be dead, silent or wrong, and believes the newest answer.

Knows no server: questions come as coroutines.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any, Final

from cache.redis_layout import Layout, newest

_OTHERS_SECONDS: Final = 0.2
"""How long the others may still answer once one has."""


class Undiscovered(Exception):
    """Nobody who was asked knows: `reasons` has what each said, a driver's error perhaps."""

    def __init__(self, reasons: Sequence[BaseException]) -> None:
        super().__init__("; ".join(str(reason) for reason in reasons))
        self.reasons = reasons


async def newest_of(asked: Sequence[Coroutine[Any, Any, Layout]]) -> Layout:
    """The newest layout of those told soon after the first. Raises Undiscovered.

    Who has not answered by then is left alone: its connection closes, its answer reaches nobody.
    """
    questions = {asyncio.ensure_future(question) for question in asked}
    try:
        told, reasons = await _told(questions)
    finally:
        for question in questions:
            question.cancel()
        await asyncio.wait(questions, timeout=_OTHERS_SECONDS)  # for them to close what they opened
    if (layout := newest(told)) is None:
        raise Undiscovered(reasons)
    return layout


async def _told(
    questions: set[asyncio.Task[Layout]],
) -> tuple[list[Layout], list[BaseException]]:
    """What was told and what went wrong, until all have answered, or soon after one has told."""
    told: list[Layout] = []
    reasons: list[BaseException] = []
    waiting = questions
    with suppress(TimeoutError):
        async with asyncio.timeout(None) as patience:
            while waiting:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for question in done:
                    _sort(question, told, reasons)
                if told and patience.when() is None:
                    patience.reschedule(asyncio.get_running_loop().time() + _OTHERS_SECONDS)
    return told, reasons


def _sort(question: asyncio.Task[Layout], told: list[Layout], reasons: list[BaseException]) -> None:
    try:
        told.append(question.result())
    except (Exception, asyncio.CancelledError) as error:  # whatever it says that is no answer
        reasons.append(error)
