"""The change feed: what it proves, and for how long."""

import asyncio
from itertools import pairwise

import pytest

from cache.near import Held
from example_documents import a_document
from followed_feed import BEGUN, Followed
from jobs import StoreUnavailable
from scripted_changes import Reply, news


async def polled(*replies: Reply) -> Followed:
    """A feed that has begun, in a process where the job `a` was polled since."""
    followed = Followed(BEGUN, *replies)
    await followed.ask()
    followed.near.keep(a_document("a", 3), followed.clock.now, followed.near.epoch)
    return followed


async def test_before_the_first_answer_nothing_is_proven() -> None:
    followed = Followed()

    assert not followed.feed.proven
    assert followed.feed.proven_at == float("-inf")
    assert followed.feed.age == float("inf")


async def test_it_begins_with_the_versions_of_the_jobs_that_are_not_done() -> None:
    followed = Followed(BEGUN)
    await followed.ask()

    assert followed.feed.proven
    assert followed.near.known("a") == 3


async def test_it_goes_on_from_the_cursor_of_the_last_answer() -> None:
    followed = Followed(BEGUN, news("1"), news("2", a_document("a", 4)))
    await followed.ask(4)

    assert followed.log.asked == [None, "0", "1", "2"]


async def test_a_proof_is_as_old_as_the_question_and_not_as_the_answer() -> None:
    followed = await polled()
    followed.clock.now += 1.0
    asked = followed.clock.now
    followed.log.then(followed.late(1.0, news("1", a_document("a", 4))))
    await followed.ask()

    assert followed.feed.proven_at == asked
    assert followed.near.get("a") == Held(a_document("a", 4), asked)


@pytest.mark.parametrize(("seconds", "proven"), [(1.49, True), (1.5, False), (100.0, False)])
async def test_a_proof_ends_a_second_and_a_half_after_the_question(
    seconds: float, proven: bool
) -> None:
    followed = Followed(BEGUN)
    await followed.ask()
    followed.clock.now += seconds

    assert followed.feed.proven == proven
    assert followed.feed.age == pytest.approx(seconds)


async def test_an_answer_that_took_longer_than_a_proof_lasts_proves_nothing_but_is_told() -> None:
    followed = Followed(BEGUN)
    await followed.ask()
    followed.log.then(followed.late(1.6, news("1", a_document("a", 4))))
    await followed.ask()

    assert not followed.feed.proven
    assert not followed.feed.failing
    assert followed.near.known("a") == 4


async def test_near_has_each_document_before_anybody_is_told_of_it() -> None:
    followed = Followed(BEGUN, news("1", a_document("a", 4), a_document("b", 1)))
    await followed.ask(2)

    assert followed.told == [(4, 4), (1, 1)]


async def test_of_a_job_that_nobody_polls_here_only_the_version_becomes_known() -> None:
    followed = await polled(news("1", a_document("a", 4), a_document("b", 7)))
    await followed.ask()

    assert (followed.near.known("a"), followed.near.known("b")) == (4, 7)
    assert followed.near.get("a") is not None
    assert followed.near.get("b") is None


async def test_polls_have_their_turn_while_a_burst_of_changes_is_told() -> None:
    followed = Followed(BEGUN, news("1", *(a_document(str(number)) for number in range(1000))))
    await followed.ask()
    asking, told = asyncio.create_task(followed.ask()), [0]
    while not asking.done():
        await asyncio.sleep(0)
        told.append(len(followed.told))

    assert told[-1] == 1000
    assert max(after - before for before, after in pairwise(told)) <= 200


async def test_while_a_question_hangs_the_proof_runs_out_and_the_next_one_mends_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cache.feed._ASK_SECONDS", 0.02)
    followed = Followed(BEGUN, None)
    await followed.ask()
    hanging = asyncio.create_task(followed.ask())
    await asyncio.sleep(0)
    proven = [followed.feed.proven]
    followed.clock.now += 1.5
    proven.append(followed.feed.proven)
    await hanging
    await followed.ask()
    proven.append(followed.feed.proven)

    assert proven == [True, False, True]
    assert followed.log.asked == [None, "0", "0"]


async def test_one_failure_is_none_but_two_without_a_proof_are() -> None:
    followed = Followed(BEGUN, *[StoreUnavailable()] * 3)
    await followed.ask(3)
    failing = [followed.feed.failing]  # not yet: what was proven a moment ago still is
    followed.clock.now += 1.5
    failing.append(followed.feed.failing)
    await followed.ask(2)
    followed.clock.now += 1.5  # a success ends what failed before it
    failing.append(followed.feed.failing)

    assert failing == [False, True, False]


async def test_a_single_failure_is_no_outage_even_without_a_proof() -> None:
    followed = Followed(StoreUnavailable())
    await followed.ask()

    assert not followed.feed.failing


@pytest.mark.parametrize("error", [StoreUnavailable(), TimeoutError(), ValueError("a bug")])
async def test_a_failing_question_changes_neither_cursor_nor_proof_nor_what_is_remembered(
    error: Exception,
) -> None:
    followed = await polled(news("1", a_document("a", 4)))
    await followed.ask()
    proven_at = followed.feed.proven_at
    followed.clock.now += 1.0
    followed.log.then(error)
    await followed.ask(2)

    assert followed.log.asked == [None, "0", "1", "1"]
    assert followed.feed.proven_at == proven_at + 1.0
    assert followed.near.get("a") == Held(a_document("a", 4), proven_at)


async def test_where_it_cannot_begin_it_tries_again() -> None:
    followed = Followed(StoreUnavailable(), StoreUnavailable(), BEGUN)
    await followed.ask(2)
    assert followed.feed.failing
    await followed.ask()

    assert followed.log.asked == [None, None, None]
    assert followed.feed.proven
