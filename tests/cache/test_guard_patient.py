"""Patient calls that a slow server answers do not hide that it is too slow for requests."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from cache import CacheStats
from cache.guard import Guard
from cache.tier import Budget

Until = Callable[[Callable[[], bool], float], Awaitable[float]]

QUICK = 0.05
PATIENT = 1.0


async def test_a_server_too_slow_for_requests_is_left_while_patient_calls_succeed(
    until: Until,
) -> None:
    slow = asyncio.Event()

    async def answer() -> str:
        await asyncio.sleep(2 * QUICK if slow.is_set() else 0.0)
        return "answer"

    guard = Guard(
        "h",
        CacheStats(),
        secrets=tuple,
        beat=answer,
        reach=answer,
        warm=answer,
        width=5,
        quick=QUICK,
        slow=PATIENT,
    )
    await guard.start()
    await until(lambda: guard.in_use, 5.0)
    slow.set()
    began, told = time.monotonic(), set[object]()
    while guard.in_use and time.monotonic() - began < 10.0:
        told.add(await guard.ask(answer, Budget(PATIENT)))
    in_use = guard.in_use
    await guard.stop(seconds=1.0, last=answer_nothing)

    assert "answer" in told
    assert not in_use


async def answer_nothing() -> None:
    """Nothing to close."""
