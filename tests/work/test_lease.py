"""A worker's own view of its lease: never longer than the database's."""

import asyncio

import pytest

from jobs import SqlBacklog, StoreUnavailable
from work.holdings import Holdings, Reason
from work.lease import Lease
from workshop import Workshop


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_a_lease_lives_from_when_it_was_asked_for(small_workshop: Workshop) -> None:
    clock = Clock()
    lease = Lease("w", small_workshop.backlog, seconds=10.0, clock=clock)
    before = lease.alive
    await lease.renew()
    clock.now += 9.9
    still = lease.alive
    clock.now += 0.1

    assert (before, still, lease.alive) == (False, True, False)


async def test_an_answer_that_was_long_on_its_way_has_used_the_lease_up_meanwhile(
    small_workshop: Workshop,
) -> None:
    clock = Clock()

    class Slow(SqlBacklog):
        async def renew(self, worker: str, *, seconds: float) -> None:
            await super().renew(worker, seconds=seconds)
            clock.now += 9

    slow = Slow(small_workshop.database, small_workshop.delivery)
    lease = Lease("w", slow, seconds=10.0, clock=clock)
    await lease.renew()
    at_first = lease.alive
    clock.now += 1

    assert (at_first, lease.alive) == (True, False)


async def test_who_slept_past_the_lease_puts_its_claims_down_before_going_on(
    small_workshop: Workshop,
) -> None:
    clock, holdings = Clock(), Holdings()
    lease = Lease("w", small_workshop.backlog, seconds=10.0, clock=clock)
    await lease.renew()
    with holdings.open("a") as held, holdings.open("b") as claiming:
        held.fence = 1
        await lease.keep(holdings)
        in_time = held.reason
        clock.now += 11
        await lease.keep(holdings)

        assert in_time is None
        assert held.reason is Reason.LEAVING
        assert claiming.reason is None  # its delivery would wait for this worker's end
        assert lease.alive


async def test_a_renewal_that_fails_prolongs_nothing(small_workshop: Workshop) -> None:
    clock = Clock()
    lease = Lease("w", small_workshop.backlog, seconds=10.0, clock=clock)
    await lease.renew()
    await small_workshop.database.close()
    async with small_workshop.database.transaction() as connection:
        await connection.run_sync(lambda sync: sync.exec_driver_sql("DROP TABLE workers"))
    clock.now += 9
    with pytest.raises(StoreUnavailable):
        await lease.keep(Holdings())
    clock.now += 2
    await asyncio.sleep(0)

    assert not lease.alive
