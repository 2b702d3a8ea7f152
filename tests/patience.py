"""Waiting with a bound for what happens soon, on a machine that may be busy with other things."""

import asyncio
import time
from collections.abc import Callable
from typing import Final, Protocol

STARTED_SECONDS: Final = 20.0
"""A start waits but half a second for how a server is: a stall of the machine takes longer."""


class Used(Protocol):
    @property
    def in_use(self) -> bool: ...


async def until(condition: Callable[[], bool], seconds: float) -> float:
    """Gives the seconds it took; fails when the time is over."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it did not happen in time"
        await asyncio.sleep(0.005)
    return time.monotonic() - began


async def until_in_use(*started: Used) -> None:
    """Each was started, and nothing keeps it from being in use soon."""
    await until(lambda: all(one.in_use for one in started), STARTED_SECONDS)
