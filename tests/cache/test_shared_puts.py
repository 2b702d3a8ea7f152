"""The shared tier's puts in company: who travels with whom, and for how long each waits."""

import asyncio
import time
from collections.abc import Sequence

import pytest

from cache.entry import key, prefix
from cache.shared_puts import SharedPuts
from cache.tier import Budget, Kept, Put, PutOutcome, Stored, Trouble
from jobs import new_id
from scripted_cache import ScriptedCache

PATIENT = 5.0
"""Seconds: more than a request may spend on this cache."""


class Held(ScriptedCache):
    """Answers once it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may = asyncio.Event()
        self.came: asyncio.Queue[None] = asyncio.Queue()

    async def put_many(self, puts: Sequence[Put], budget: Budget) -> Sequence[PutOutcome]:
        self.came.put_nowait(None)
        await self.may.wait()
        return await super().put_many(puts, budget)


def a_put(job_id: str | None = None, version: int = 1) -> Put:
    job_id = job_id or new_id(1.0)
    return Put(key=key(job_id), value=prefix(version, job_id).encode(), seconds=30.0)


@pytest.fixture
async def cache() -> ScriptedCache:
    return ScriptedCache()


@pytest.fixture
async def held() -> Held:
    return Held()


async def put(puts: SharedPuts, one: Put, left: float = 1.0) -> PutOutcome:
    return await puts.put(one, Budget(left))


async def test_single_puts_of_one_turn_travel_together_each_with_its_outcome(
    cache: ScriptedCache,
) -> None:
    puts, job_id = SharedPuts(cache), new_id(1.0)
    newest = a_put(job_id, 3)
    await cache.put_many([newest], cache.budget())
    offers = [a_put(), a_put(job_id, 2), a_put(job_id, 3), a_put(job_id, 4)]
    outcomes = await asyncio.gather(*(put(puts, one) for one in offers))

    assert outcomes == [Stored(), Kept(newer=newest.value), Kept(newer=None), Stored()]
    assert cache.pipelines == [1, 4]


async def test_trouble_of_one_is_told_to_that_one_alone(cache: ScriptedCache) -> None:
    puts, job_id = SharedPuts(cache), new_id(1.0)
    cache.troubles[job_id] = Trouble.OOM
    outcomes = await asyncio.gather(*(put(puts, it) for it in (a_put(), a_put(job_id), a_put())))

    assert outcomes == [Stored(), Trouble.OOM, Stored()]


@pytest.mark.parametrize("left", [0.0, 0.4, PATIENT])
async def test_who_has_little_time_left_or_more_than_a_request_goes_alone(
    cache: ScriptedCache, left: float
) -> None:
    puts = SharedPuts(cache)
    await asyncio.gather(put(puts, a_put()), put(puts, a_put(), left), put(puts, a_put()))

    assert sorted(cache.pipelines) == [1, 2]


async def test_who_has_spent_a_little_waits_no_longer_than_the_rest_and_shortens_nobody(
    held: Held,
) -> None:
    puts, spent = SharedPuts(held), Budget(0.5)
    full = asyncio.create_task(put(puts, a_put()))
    began = time.monotonic()
    told = await puts.put(a_put(), spent)
    took = time.monotonic() - began
    held.may.set()

    assert (told, spent.left) == (Trouble.TIMEOUT, 0.0)
    assert took < 1.0
    assert await full == Stored()
    assert held.pipelines == [2]


async def test_a_put_in_company_spends_the_callers_budget(cache: ScriptedCache) -> None:
    budget = Budget(1.0)
    await SharedPuts(cache).put(a_put(), budget)

    assert 0.0 < budget.left < 1.0


async def test_who_leaves_harms_no_other_and_is_put_all_the_same(held: Held) -> None:
    puts = SharedPuts(held)
    tasks = [asyncio.create_task(put(puts, a_put())) for _ in range(3)]
    await held.came.get()
    tasks[0].cancel()
    await asyncio.wait({tasks[0]})
    held.may.set()

    assert await asyncio.gather(*tasks[1:]) == [Stored(), Stored()]
    assert len(held.values) == 3


async def test_patient_puts_under_way_hold_up_no_requests(held: Held) -> None:
    puts = SharedPuts(held)
    patient = asyncio.create_task(put(puts, a_put(), PATIENT))
    await held.came.get()
    request = asyncio.create_task(put(puts, a_put()))
    await held.came.get()  # while the other is under way still
    held.may.set()

    assert (await patient, await request) == (Stored(), Stored())


async def test_what_is_away_is_told_at_once(cache: ScriptedCache) -> None:
    cache.enabled, cache.trouble = False, Trouble.AWAY

    assert await put(SharedPuts(cache), a_put()) is Trouble.AWAY
