"""Recall of many jobs at once: each is judged as if asked for alone, and one question is enough."""

import asyncio

import pytest

from cache.near import Held
from cache.recall import Outcome
from cache.tier import Trouble
from counted_store import CountedStore
from example_documents import a_document
from example_jobs import RecordedDelivery, a_job
from jobs import Claimed, Database, StoreUnavailable, new_id
from recall_bench import RecallBench


@pytest.fixture
async def bench(database: Database, delivery: RecordedDelivery) -> RecallBench:
    return RecallBench(CountedStore(database, delivery))


async def test_each_is_judged_alone_and_the_rest_is_one_question(bench: RecallBench) -> None:
    (_, known), (old, newest), (_, cold) = [await bench.two_versions() for _ in range(3)]
    nobodys = new_id(1.0)
    bench.near.begin({known.id: known.version, newest.id: newest.version})
    bench.share(known)
    bench.share(old)
    found = [it.answer for it in await bench.batch(known.id, newest.id, cold.id, nobodys)]

    assert [answer.document for answer in found] == [known, newest, cold, None]
    assert [answer.hit for answer in found] == [True, False, False, False]
    assert [answer.forward for answer in found[1:]] == ["stale", "miss", "miss"]
    assert bench.truth.asked == [[newest.id, cold.id, nobodys]]
    assert (bench.reads, len(bench.cache.asked)) == (1, 1)


async def test_what_the_database_says_is_left_in_every_tier(bench: RecallBench) -> None:
    first, second = [(await bench.two_versions())[1] for _ in range(2)]
    nobodys = new_id(1.0)
    found = await bench.batch(first.id, nobodys, second.id)

    assert [it.answer.stored for it in found] == [True, False, True]
    assert [bench.near.get(one.id) for one in (first, second)] == [
        Held(first, bench.clock.now),
        Held(second, bench.clock.now),
    ]
    assert bench.near.denied(nobodys)
    assert bench.cache.puts == [2, 2]


async def test_what_redis_has_is_told_before_the_database_is_asked(bench: RecallBench) -> None:
    (_, known), (_, cold) = [await bench.two_versions() for _ in range(2)]
    bench.know(known)
    bench.share(known)
    looking = bench.recall.anywhere([known.id, cold.id], bench.recall.budget())

    assert [*await anext(looking)] == [known.id]
    assert bench.truth.polls == 0
    assert [*await anext(looking)] == [cold.id]


async def test_what_redis_gave_on_trust_is_a_floor_in_a_batch_too(bench: RecallBench) -> None:
    old, new = await bench.two_versions()
    _, other = await bench.two_versions()
    bench.proof.end()
    for shared in (new, old):  # Redis lost the new one, and a late writer puts the old one
        bench.share(shared)
        bench.share(other)
        found = await bench.batch(new.id, other.id)
        assert [it.answer.document for it in found] == [new, other]


async def test_which_redis_has_higher_versions_of_is_asked_once_more_for_all(
    bench: RecallBench,
) -> None:
    documents = [(await bench.two_versions())[1] for _ in range(3)]
    for document in documents[:2]:
        bench.share(a_document(document.id, document.version + 1))
    found = await bench.batch(*(document.id for document in documents))

    assert [it.answer.document for it in found] == documents
    assert bench.truth.asked[1:] == [[document.id for document in documents[:2]]]
    assert bench.stats.snapshot()["rejected"]["future"] == 2


async def test_what_was_committed_and_put_meanwhile_is_the_answer(bench: RecallBench) -> None:
    jobs = [a_job() for _ in range(3)]
    documents = [await bench.truth.create(job) for job in jobs]
    waiting = bench.truth.close_door()
    asking = asyncio.create_task(bench.batch(*(job.id for job in jobs)))
    await waiting.wait()  # it holds version 1 of each in its hands
    for place in (0, 2):
        change = await bench.truth.advance(jobs[place].id, Claimed(worker="w"), now=1.0)
        documents[place] = change.document
        bench.share(change.document)
    bench.truth.open_door()

    assert [it.answer.document for it in await asking] == documents
    assert bench.truth.asked[1:] == [[jobs[0].id, jobs[2].id]]
    assert bench.near.known(jobs[0].id) == 2
    assert bench.stats.snapshot()["rejected"]["future"] == 0


async def test_where_redis_fails_for_some_only_these_pass_it_by(bench: RecallBench) -> None:
    (_, first), (_, second) = [await bench.two_versions() for _ in range(2)]
    bench.cache.troubles[first.id] = Trouble.TIMEOUT
    found = [it.answer for it in await bench.batch(first.id, second.id)]

    assert [answer.document for answer in found] == [first, second]
    assert [(answer.forward, answer.detail) for answer in found] == [
        ("bypass", "redis-down"),
        ("miss", "store"),
    ]
    assert [answer.stored for answer in found] == [False, True]


@pytest.mark.parametrize("failing", [True, False])
async def test_in_an_outage_each_has_an_outcome_of_its_own(
    bench: RecallBench, failing: bool
) -> None:
    near, shared, nobodys = a_document(version=2), a_document(version=3), new_id(1.0)
    bench.keep(near)
    bench.share(shared)
    bench.lose_database()
    bench.proof.failing = failing
    outcomes: dict[str, Outcome] = {}
    async for found in bench.recall.anywhere([near.id, shared.id, nobodys], bench.recall.budget()):
        outcomes |= found

    assert bench.document(outcomes[near.id]) == near
    assert bench.document(outcomes[shared.id]) == shared
    assert isinstance(outcomes[nobodys], StoreUnavailable)


async def test_while_the_feed_fails_only_what_nothing_stands_in_for_is_asked_again(
    bench: RecallBench,
) -> None:
    near, nobodys = a_document(), new_id(1.0)
    bench.keep(near)
    bench.lose_database()
    bench.proof.failing = True
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            await bench.batch(near.id, nobodys)

    assert bench.truth.asked == [[near.id, nobodys], [nobodys]]
    assert bench.near.entries == 1
