"""Single-flight: how work ends that fails, is late, or is stopped."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping

import pytest

from cache.single_flight import Overdue, SingleFlight
from doored_work import DooredWork as Work
from doored_work import one, together


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def flights() -> SingleFlight[int]:
    return SingleFlight(seconds=30.0)


async def test_a_failure_reaches_all_and_the_next_begins_anew(
    flights: SingleFlight[int], work: Work
) -> None:
    work.error = ValueError("it failed")
    tasks = await together(flights, work, 5)
    work.door.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    work.error = None

    assert [type(result) for result in results] == [ValueError] * 5
    assert await one(flights, work) == 2


async def test_at_its_deadline_the_work_is_cancelled_and_overdue_for_all(work: Work) -> None:
    flights: SingleFlight[int] = SingleFlight(seconds=0.05)
    tasks = await together(flights, work, 5)
    results = await asyncio.gather(*tasks, return_exceptions=True)

    assert {type(result) for result in results} == {Overdue}
    assert (work.cancelled, len(flights)) == (1, 0)


@pytest.mark.parametrize("error", [TimeoutError(), asyncio.CancelledError()])
async def test_what_times_out_or_is_cancelled_by_itself_is_not_overdue(
    flights: SingleFlight[int], work: Work, error: BaseException
) -> None:
    work.error = error
    tasks = await together(flights, work, 3)
    work.door.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    work.error = None

    assert {type(result) for result in results} == {type(error)}
    assert await one(flights, work) == 2


async def test_a_stop_cancels_what_is_under_way_also_what_was_forgotten(
    flights: SingleFlight[int], work: Work
) -> None:
    before = await together(flights, work, 2)
    flights.forget("key")
    after = await together(flights, work, 2)
    await flights.stop()
    assert (work.cancelled, len(flights)) == (2, 0)
    results = await asyncio.gather(*before, *after, return_exceptions=True)

    assert {type(result) for result in results} == {asyncio.CancelledError}


async def test_a_key_that_the_work_forgot_is_an_error_and_no_hang(
    flights: SingleFlight[int],
) -> None:
    async def forgetful(keys: Collection[str]) -> AsyncIterator[Mapping[str, int]]:
        yield {"a": 1}

    with pytest.raises(LookupError, match="b"):
        await flights.do(("a", "b"), forgetful)
    assert await flights.do(("a",), forgetful) == {"a": 1}
