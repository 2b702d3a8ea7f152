"""Single-flight: who comes together shares one piece of work, and harms nobody by leaving."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from cache.single_flight import SingleFlight
from doored_work import DooredWork as Work
from doored_work import one, together


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def flights() -> SingleFlight[int]:
    return SingleFlight(seconds=30.0)


@pytest.fixture
async def complaints() -> AsyncIterator[list[dict[str, Any]]]:
    """What the loop has to say of tasks and futures that nobody looked at."""
    loop = asyncio.get_running_loop()
    heard: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: heard.append(context))
    yield heard
    loop.set_exception_handler(None)


async def leave(tasks: list[asyncio.Task[int]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def test_five_hundred_callers_are_one_piece_of_work(
    flights: SingleFlight[int], work: Work
) -> None:
    tasks = await together(flights, work, 500)
    work.door.set()

    assert await asyncio.gather(*tasks) == [1] * 500
    assert (work.begun, len(flights)) == (1, 0)


async def test_other_keys_are_other_work_and_what_is_done_is_not_remembered(
    flights: SingleFlight[int], work: Work
) -> None:
    work.door.set()

    assert [*await asyncio.gather(one(flights, work, "a"), one(flights, work, "b"))] == [1, 2]
    assert await one(flights, work, "a") == 3


async def test_whoever_leaves_harms_nobody(flights: SingleFlight[int], work: Work) -> None:
    tasks = await together(flights, work, 10)
    await leave(tasks[:1])  # the one that began it
    await leave(tasks[5:6])
    work.door.set()
    stayed = [*tasks[1:5], *tasks[6:]]

    assert await asyncio.gather(*stayed) == [1] * 8
    assert (work.begun, work.cancelled) == (1, 0)
    assert [tasks[0].cancelled(), tasks[5].cancelled()] == [True, True]


@pytest.mark.parametrize("fails", [False, True])
async def test_when_all_have_left_it_goes_on_and_nobody_complains_of_how_it_ends(
    flights: SingleFlight[int],
    work: Work,
    complaints: list[dict[str, Any]],
    until: Callable[..., Awaitable[float]],
    fails: bool,
) -> None:
    work.error = ValueError("it failed") if fails else None
    await leave(await together(flights, work, 5))
    assert len(flights) == 1
    work.door.set()
    await until(lambda: not len(flights), 5.0)
    work.error = None
    gc.collect()
    await asyncio.sleep(0)

    assert (work.begun, work.ended, work.cancelled) == (1, 1, 0)
    assert complaints == []


async def test_who_comes_after_all_have_left_shares_what_goes_on(
    flights: SingleFlight[int], work: Work
) -> None:
    await leave(await together(flights, work, 5))
    late = asyncio.create_task(one(flights, work))
    await asyncio.sleep(0)
    work.door.set()

    assert await late == 1


async def test_who_comes_after_a_forget_begins_anew_and_disturbs_nobody(
    flights: SingleFlight[int], work: Work
) -> None:
    before = await together(flights, work, 3)
    flights.forget("key")
    after = await together(flights, work, 3)
    first_ends = asyncio.create_task(one(flights, work))
    assert len(flights) == 2
    work.door.set()

    assert await asyncio.gather(*before) == [1] * 3
    assert await asyncio.gather(*after, first_ends) == [2] * 4


async def test_the_end_of_what_was_forgotten_does_not_end_what_came_after(
    flights: SingleFlight[int],
) -> None:
    old, new = Work(), Work()
    before = await together(flights, old, 1)
    flights.forget("key")
    after = await together(flights, new, 1)
    old.door.set()
    await asyncio.gather(*before)
    late = asyncio.create_task(one(flights, new))
    await asyncio.sleep(0)
    new.door.set()

    assert await asyncio.gather(*after, late) == [1, 1]
    assert new.begun == 1


async def test_who_wants_many_leads_only_what_nobody_leads(flights: SingleFlight[int]) -> None:
    first, second, third = Work(), Work(), Work()
    tasks = [asyncio.create_task(flights.do(("a", "b"), first))]
    await first.entered.wait()
    tasks.append(asyncio.create_task(flights.do(("b", "c", "a", "d"), second)))
    await second.entered.wait()
    tasks.append(asyncio.create_task(flights.do(("d", "a"), third)))
    await asyncio.sleep(0)
    second.door.set()
    first.door.set()

    assert await asyncio.gather(*tasks) == [
        {"a": 1, "b": 1},
        {"b": 1, "c": 1, "a": 1, "d": 1},
        {"d": 1, "a": 1},
    ]
    assert (first.keys, second.keys, third.keys) == ([["a", "b"]], [["c", "d"]], [])
    assert len(flights) == 0


async def test_who_wants_one_does_not_wait_for_what_is_found_later_for_others(
    flights: SingleFlight[int],
) -> None:
    work, again = Work("early"), Work("early")
    both = asyncio.create_task(flights.do(("early", "late"), work))
    early = asyncio.create_task(one(flights, work, "early"))
    await work.entered.wait()

    assert await early == 1
    assert await one(flights, again, "early") == 1  # what was found is not remembered
    assert (again.begun, both.done()) == (1, False)
    again.door.set()
    work.door.set()
    assert await both == {"early": 1, "late": 1}


async def test_a_failure_does_not_undo_what_was_found_before(flights: SingleFlight[int]) -> None:
    work = Work("early")
    work.error = ValueError("it failed")
    both = asyncio.create_task(flights.do(("early", "late"), work))
    early = asyncio.create_task(one(flights, work, "early"))
    late = asyncio.create_task(one(flights, work, "late"))
    await work.entered.wait()
    work.door.set()
    results = await asyncio.gather(both, early, late, return_exceptions=True)

    assert [type(result) for result in results] == [ValueError, int, ValueError]


async def test_nothing_is_no_work(flights: SingleFlight[int], work: Work) -> None:
    assert await flights.do((), work) == {}
    assert work.begun == 0
