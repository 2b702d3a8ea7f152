"""Waiting with a bound for what happens soon, on a machine that may be busy with other things."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeVar

from cache import Memory

T = TypeVar("T")

_SECONDS: Final = 60.0
"""A first start on a loaded machine also compiles every module."""
STARTED_SECONDS: Final = 20.0
"""A start waits but half a second for how a server is: a stall of the machine takes longer."""


SLACK: Final = 0.8
"""Seconds granted to a busy machine."""


class Used(Protocol):
    @property
    def in_use(self) -> bool: ...


async def eventually(
    ask: Callable[[], Awaitable[T]],
    holds: Callable[[T], object],
    *,
    seconds: float = _SECONDS,
    beat: float = 0.05,
) -> T:
    """The first answer that `holds`; fails with the last one when that takes too long."""
    end = time.monotonic() + seconds
    while not holds(answer := await ask()):
        assert time.monotonic() < end, f"after {seconds} s still {answer!r:.2000}"
        await asyncio.sleep(beat)
    return answer


async def seen(
    look: Callable[[], T],
    holds: Callable[[T], object] = bool,
    *,
    seconds: float = _SECONDS,
    beat: float = 0.05,
) -> T:
    """Like `eventually`, where nobody has to be asked."""

    async def ask() -> T:
        return look()

    return await eventually(ask, holds, seconds=seconds, beat=beat)


async def until(condition: Callable[[], bool], seconds: float) -> float:
    """Gives the seconds it took; fails when the time is over."""
    began = time.monotonic()
    await seen(condition, seconds=seconds, beat=0.005)
    return time.monotonic() - began


async def until_in_use(*started: Used) -> None:
    """Each was started, and nothing keeps it from being in use soon."""
    await until(lambda: all(one.in_use for one in started), STARTED_SECONDS)


async def until_proven(memory: Memory) -> None:
    """Its feed, if it has one, was begun, and nothing keeps it from proving soon."""
    feed = memory.feed
    await seen(lambda: feed is None or feed.proven, seconds=STARTED_SECONDS, beat=0.005)
