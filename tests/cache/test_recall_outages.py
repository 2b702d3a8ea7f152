"""Recall while the database is away, and of jobs that do not exist."""

import asyncio

import pytest

from cache.tier import Trouble
from counted_store import CountedStore
from example_documents import a_document
from example_jobs import RecordedDelivery
from jobs import Database, StoreUnavailable, new_id
from recall_bench import RecallBench


@pytest.fixture
async def bench(database: Database, delivery: RecordedDelivery) -> RecallBench:
    return RecallBench(CountedStore(database, delivery))


async def test_that_there_is_no_such_job_is_remembered_for_a_moment(bench: RecallBench) -> None:
    job_id = new_id(1.0)
    first = (await bench.anywhere(job_id)).answer
    second = bench.belief.at_hand(job_id)
    bench.pass_time(1.0)

    assert (first.document, first.hit) == (None, False)
    assert second is not None
    assert (second.document, second.hit, second.detail) == (None, True, "near")
    assert bench.belief.at_hand(job_id) is None


async def test_nothing_is_denied_of_a_job_that_became_known_during_the_question(
    bench: RecallBench,
) -> None:
    document = a_document()
    waiting = bench.truth.close_door()
    asking = asyncio.create_task(bench.anywhere(document.id))
    await waiting.wait()
    bench.keep(document)  # created elsewhere, as the feed tells
    bench.truth.open_door()
    await asking
    answer = bench.belief.at_hand(document.id)

    assert answer is not None
    assert answer.document == document


async def test_what_is_remembered_near_is_given_out_stale_for_its_lifetime(
    bench: RecallBench,
) -> None:
    document = a_document(version=2)
    bench.keep(document)
    bench.lose_database()
    bench.pass_time(29.0)
    answer = (await bench.anywhere(document.id)).answer
    bench.pass_time(1.1)

    assert (answer.document, answer.stale, answer.hit) == (document, True, False)
    assert (answer.forward, answer.age, answer.ttl) == ("stale", 29.0, 1.0)
    with pytest.raises(StoreUnavailable):
        await bench.anywhere(document.id)
    assert bench.near.entries == 1


async def test_a_job_that_is_done_is_given_out_for_its_own_lifetime(bench: RecallBench) -> None:
    document = a_document(done=True)
    bench.keep(document)
    bench.lose_database()
    bench.pass_time(3599.0)

    assert (await bench.anywhere(document.id)).answer.stale


@pytest.mark.parametrize(("near", "redis", "answered"), [(2, 3, 3), (3, 2, 3), (2, 2, 2)])
async def test_the_newest_that_is_remembered_anywhere_is_given_out(
    bench: RecallBench, near: int, redis: int, answered: int
) -> None:
    job_id = new_id(1.0)
    bench.keep(a_document(job_id, near))
    bench.share(a_document(job_id, redis))
    bench.lose_database()
    bench.proof.failing = True
    answer = (await bench.anywhere(job_id)).answer

    assert answer.document == a_document(job_id, answered)
    assert answer.stale


async def test_while_the_feed_fails_one_poll_a_second_asks_the_database(bench: RecallBench) -> None:
    document = a_document()
    bench.keep(document)
    bench.share(document)
    bench.lose_database()
    bench.proof.failing = True
    answers = []
    for _ in range(30):
        answers.append((await bench.anywhere(document.id)).answer)
        bench.pass_time(0.1)

    assert {(answer.document, answer.stale) for answer in answers} == {(document, True)}
    assert bench.truth.polls == 3


async def test_a_feed_that_is_ill_by_itself_is_no_outage(bench: RecallBench) -> None:
    old, new = await bench.two_versions()
    bench.keep(old)
    bench.proof.proven, bench.proof.failing = False, True
    answers = [(await bench.anywhere(new.id)).answer for _ in range(3)]

    assert [answer.document for answer in answers] == [new] * 3
    assert not any(answer.stale for answer in answers)


async def test_below_what_is_known_redis_is_no_answer_in_an_outage_either(
    bench: RecallBench,
) -> None:
    document = a_document(version=3)
    bench.know(document)
    bench.share(a_document(document.id, 2))
    bench.lose_database()
    bench.proof.failing = True

    with pytest.raises(StoreUnavailable):
        await bench.anywhere(document.id)


async def test_an_expired_entry_of_redis_is_no_answer_in_an_outage_either(
    bench: RecallBench,
) -> None:
    document = a_document()
    bench.share(document, ago=30.1)
    bench.lose_database()

    with pytest.raises(StoreUnavailable):
        await bench.anywhere(document.id)


@pytest.mark.parametrize("trouble", [None, Trouble.TIMEOUT])
@pytest.mark.parametrize("failing", [True, False])
async def test_a_job_that_is_remembered_nowhere_is_never_said_not_to_exist(
    bench: RecallBench, trouble: Trouble | None, failing: bool
) -> None:
    job_id = new_id(1.0)
    await bench.anywhere(job_id)  # denied, a moment ago
    bench.lose_database()
    bench.proof.failing = failing
    bench.cache.trouble = trouble

    with pytest.raises(StoreUnavailable):
        await bench.anywhere(job_id)


async def test_a_failed_question_is_not_counted_as_a_read(bench: RecallBench) -> None:
    document = a_document()
    bench.keep(document)
    bench.lose_database()
    await bench.anywhere(document.id)

    assert (bench.truth.polls, bench.reads) == (1, 0)


async def test_when_the_database_is_back_its_answer_is_not_stale(bench: RecallBench) -> None:
    old, new = await bench.two_versions()
    bench.keep(old)
    bench.lose_database()
    assert (await bench.anywhere(new.id)).answer.document == old
    bench.truth.down = False

    answer = (await bench.anywhere(new.id)).answer
    assert (answer.document, answer.stale) == (new, False)
