"""Recall: which tier's word is believed, and what is left in the tiers before it."""

import asyncio

import pytest

from cache.near import Held
from cache.tier import Trouble
from counted_store import CountedStore
from example_jobs import RecordedDelivery
from jobs import Database, new_id
from recall_bench import RecallBench


@pytest.fixture
async def bench(database: Database, delivery: RecordedDelivery) -> RecallBench:
    return RecallBench(CountedStore(database, delivery))


async def test_of_a_job_not_known_here_redis_is_not_believed(bench: RecallBench) -> None:
    old, new = await bench.two_versions()
    bench.share(old)
    recalled = await bench.anywhere(new.id)

    assert recalled.answer.document == new
    assert (recalled.answer.hit, recalled.asked_at) == (False, bench.clock.now)


async def test_but_once_it_is_loaded_near_has_it(bench: RecallBench) -> None:
    _, new = await bench.two_versions()
    await bench.anywhere(new.id)
    answer = bench.belief.at_hand(new.id)

    assert answer is not None
    assert answer.document == new
    assert bench.reads == 1


async def test_below_what_is_known_redis_is_not_believed(bench: RecallBench) -> None:
    old, new = await bench.two_versions()
    bench.know(new)
    bench.share(old)
    recalled = await bench.anywhere(new.id)

    assert (recalled.answer.document, recalled.answer.forward) == (new, "stale")


@pytest.mark.parametrize("ago", [0.0, 3600.0])
async def test_what_is_known_and_proven_is_believed_of_redis_however_old_its_entry(
    bench: RecallBench, ago: float
) -> None:
    _, new = await bench.two_versions()
    bench.know(new)
    bench.share(new, ago=ago)
    recalled = await bench.anywhere(new.id)

    assert (recalled.answer.document, recalled.answer.detail) == (new, "redis")
    assert (recalled.answer.hit, recalled.answer.age) == (True, 0.0)
    assert (bench.reads, recalled.asked_at) == (0, float("-inf"))
    assert bench.near.get(new.id) == Held(new, bench.proof.proven_at)


@pytest.mark.parametrize(("ago", "believed"), [(29.9, True), (30.1, False)])
async def test_where_nothing_is_proven_redis_is_believed_for_a_lifetime(
    bench: RecallBench, ago: float, believed: bool
) -> None:
    bench.proof.end()
    old, new = await bench.two_versions()
    bench.share(old, ago=ago)
    recalled = await bench.anywhere(new.id)

    assert recalled.answer.document == (old if believed else new)
    assert bench.reads == (0 if believed else 1)
    assert bench.near.known(new.id) == (0 if believed else 2)


async def test_but_not_below_what_is_known(bench: RecallBench) -> None:
    bench.proof.end()
    old, new = await bench.two_versions()
    bench.know(new)
    bench.share(old)

    assert (await bench.anywhere(new.id)).answer.document == new


async def test_what_was_given_on_trust_is_a_floor_for_redis_from_then_on(
    bench: RecallBench,
) -> None:
    old, new = await bench.two_versions()
    bench.proof.end()
    bench.share(new)
    first = await bench.anywhere(new.id)
    bench.share(old)  # Redis lost the new one, and a late writer puts the old one
    second = await bench.anywhere(new.id)

    assert [it.answer.document for it in (first, second)] == [new, new]
    assert (first.answer.hit, second.answer.hit) == (True, False)


async def test_what_the_database_says_is_left_in_every_tier(bench: RecallBench) -> None:
    _, new = await bench.two_versions()
    answer = (await bench.anywhere(new.id)).answer

    assert (answer.forward, answer.stored, answer.detail) == ("miss", True, "store")
    assert bench.near.get(new.id) == Held(new, bench.clock.now)
    assert bench.cache.puts == [new.version]


async def test_it_is_as_old_as_the_question(bench: RecallBench) -> None:
    _, new = await bench.two_versions()
    asked_at = bench.clock.now
    waiting = bench.truth.close_door()
    asking = asyncio.create_task(bench.anywhere(new.id))
    await waiting.wait()
    bench.pass_time(5.0)
    bench.truth.open_door()

    assert (await asking).asked_at == asked_at
    assert bench.near.get(new.id) == Held(new, asked_at)
    assert f" {round((bench.wall.now - 5.0) * 1000)} ".encode() in bench.cache.written[0]


async def test_what_was_asked_under_an_older_epoch_is_answered_but_not_kept_near(
    bench: RecallBench,
) -> None:
    _, new = await bench.two_versions()
    waiting = bench.truth.close_door()
    ids = [new.id, new_id(1.0)]
    asking = [asyncio.create_task(bench.anywhere(job_id)) for job_id in ids]
    await waiting.wait()
    bench.near.begin({})
    bench.truth.open_door()
    known, unknown = [recalled.answer.document for recalled in await asyncio.gather(*asking)]

    assert (known, unknown) == (new, None)
    assert (bench.near.known(ids[0]), bench.near.denied(ids[1])) == (0, False)
    assert bench.near.entries == 0


async def test_a_read_for_a_floor_passes_redis_by_and_mends_it(bench: RecallBench) -> None:
    old, new = await bench.two_versions()
    bench.keep(old)
    bench.share(old)
    answer = (await bench.database(new.id)).answer

    assert (answer.document, answer.forward, answer.stored) == (new, "stale", True)
    assert bench.near.known(new.id) == 2


@pytest.mark.parametrize(
    ("trouble", "detail"), [(Trouble.TIMEOUT, "redis-down"), (Trouble.BUSY, "redis-busy")]
)
async def test_where_redis_fails_the_database_answers_and_says_why(
    bench: RecallBench, trouble: Trouble, detail: str
) -> None:
    _, new = await bench.two_versions()
    bench.cache.trouble = trouble
    answer = (await bench.anywhere(new.id)).answer

    assert (answer.document, answer.forward, answer.detail) == (new, "bypass", detail)
    assert bench.near.known(new.id) == 2
