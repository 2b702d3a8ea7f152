"""What a worker has in its hands."""

import asyncio

import pytest

from work import NotTaken
from work.holdings import Holding, Holdings, Reason


async def for_ever() -> None:
    await asyncio.Event().wait()


async def test_what_is_opened_is_in_hand_until_its_block_ends() -> None:
    holdings = Holdings()
    with holdings.open("a") as holding:
        assert holdings.job_ids() == {"a"}
        assert holdings.claims() == {}

        holding.fence = 3

        assert holdings.claims() == {("a", 3): holding}

    assert holdings.job_ids() == frozenset()


async def test_an_older_claim_of_a_job_does_not_hide_the_newer() -> None:
    holdings = Holdings()
    with holdings.open("a") as older:
        older.fence = 1
        with holdings.open("a") as newer:
            newer.fence = 2

            assert set(holdings.claims()) == {("a", 1), ("a", 2)}

        assert set(holdings.claims()) == {("a", 1)}
        assert holdings.job_ids() == {"a"}


async def test_putting_down_cancels_the_work_and_the_first_reason_counts() -> None:
    holding, work = Holding("a"), asyncio.create_task(for_ever())
    holding.begin(work)
    holding.put_down(Reason.CANCELED)
    holding.put_down(Reason.LEAVING)
    await asyncio.wait({work})

    assert work.cancelled()
    assert holding.reason is Reason.CANCELED


async def test_what_was_put_down_before_it_began_is_cancelled_at_once() -> None:
    holding, work = Holding("a"), asyncio.create_task(for_ever())
    holding.put_down(Reason.LEAVING)
    holding.begin(work)
    await asyncio.wait({work}, timeout=5)

    assert work.cancelled()


async def test_closing_waits_for_the_hands_to_be_empty_and_takes_no_more() -> None:
    holdings = Holdings()
    with holdings.open("a") as holding:
        closing = asyncio.create_task(holdings.close())
        await asyncio.sleep(0)

        assert holding.reason is Reason.LEAVING
        assert not closing.done()
        with pytest.raises(NotTaken), holdings.open("b"):
            pass

    await asyncio.wait_for(closing, 5)
