"""Patient calls that a slow server answers do not hide that it is too slow for requests."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from cache import CacheStats
from cache.breaker import IN_A_ROW
from cache.tier import Budget, Trouble
from example_guard import a_guard
from patience import until_in_use

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

    guard = a_guard(CacheStats(), beat=answer, reach=answer, warm=answer, width=5, slow=PATIENT)
    await guard.start()
    await until_in_use(guard)
    slow.set()
    began, told = time.monotonic(), set[object]()
    while guard.in_use and time.monotonic() - began < 10.0:
        told.add(await guard.ask(answer, Budget(PATIENT)))
    in_use = guard.in_use
    await guard.stop(seconds=1.0, last=answer_nothing)

    assert "answer" in told
    assert not in_use


@pytest.mark.parametrize(("left", "stays"), [(0.4 * QUICK, True), (0.6 * QUICK, False)])
async def test_what_was_given_up_after_a_rest_of_a_budget_says_nothing_against_the_server(
    until: Until, left: float, stays: bool
) -> None:
    stats = CacheStats()
    guard = a_guard(stats)
    await guard.start()
    await until_in_use(guard)
    for _ in range(IN_A_ROW):
        told = await guard.ask(asyncio.Event().wait, Budget(left))
    in_use = guard.in_use
    await guard.stop(seconds=1.0, last=answer_nothing)

    assert told is Trouble.TIMEOUT
    assert stats.snapshot()["errors"]["timeout"] == IN_A_ROW
    assert in_use is stays


async def answer_nothing() -> None:
    """Nothing to close."""
