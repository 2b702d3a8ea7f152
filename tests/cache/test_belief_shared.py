"""Belief in what Redis has: whether it is given out, how old it is, and what it leaves behind."""

import pytest

from cache.entry import Entry
from cache.freshness import PROOF_SECONDS
from counted_store import CountedStore
from example_documents import a_document
from example_jobs import RecordedDelivery
from jobs import Answer, Database
from recall_bench import RecallBench


@pytest.fixture
async def bench(database: Database, delivery: RecordedDelivery) -> RecallBench:
    return RecallBench(CountedStore(database, delivery))


@pytest.mark.parametrize("proven_ago", [float("inf"), 9.0, 1.0])
@pytest.mark.parametrize(("done", "lifetime"), [(False, 30.0), (True, 3600.0)])
async def test_a_hit_of_redis_is_as_old_as_the_last_word_for_it_and_lasts_for_its_lifetime(
    bench: RecallBench, proven_ago: float, done: bool, lifetime: float
) -> None:
    document = a_document(done=done)
    bench.know(document)
    bench.proof.proven_at = bench.clock.now - proven_ago
    bench.proof.proven = proven_ago < PROOF_SECONDS
    answer = bench.belief.shared(Entry(document=document, written_at=bench.wall.now - 4.0))
    age = min(4.0, proven_ago) if bench.proof.proven else 4.0

    assert answer
    assert (answer.detail, answer.hit) == ("redis", True)
    assert (answer.age, answer.ttl) == (age, lifetime - age)


async def test_what_redis_says_again_is_the_same_answer_while_it_says_the_same_in_whole_seconds(
    bench: RecallBench,
) -> None:
    document = a_document()
    bench.proof.end()
    entry = Entry(document=document, written_at=bench.wall.now - 0.25)
    first = bench.belief.shared(entry)
    told = []
    for _ in range(4):
        bench.pass_time(0.25)
        answer = bench.belief.shared(entry)
        assert answer
        told.append((answer is first, answer.age, answer.ttl))

    assert told[:3] == [(True, 0.25, 29.75), (True, 0.25, 29.75), (False, 1.0, 29.0)]
    assert told[3][1:] == (1.25, 28.75)


@pytest.mark.parametrize(("ago", "answered"), [(30.0, True), (30.5, False)])
async def test_what_is_not_proven_is_given_for_its_lifetime(
    bench: RecallBench, ago: float, answered: bool
) -> None:
    document = a_document()
    bench.know(document)
    entry = Entry(document=document, written_at=bench.wall.now - ago)
    assert bench.belief.shared(entry)
    bench.proof.end()

    assert (bench.belief.shared(entry) is not None) is answered


async def test_what_was_given_on_trust_is_not_followed_by_less(bench: RecallBench) -> None:
    new = a_document(version=3)
    old = a_document(new.id, 2)
    bench.proof.proven, bench.proof.proven_at = False, float("-inf")
    given = bench.belief.shared(Entry(document=new, written_at=bench.wall.now))
    again = bench.belief.shared(Entry(document=old, written_at=bench.wall.now))

    assert given
    assert given.document == new
    assert again is None
    assert bench.belief.floor(new.id) == 3
    assert bench.belief.shared(Entry(document=new, written_at=bench.wall.now))


async def test_no_later_proof_vouches_for_what_redis_alone_said(bench: RecallBench) -> None:
    """It may be of a history that a restore undid: then the feed never names it."""
    old = a_document(version=4)
    bench.keep(old)
    bench.proof.end()
    future = Entry(document=a_document(old.id, 9), written_at=bench.wall.now)
    trusted = bench.belief.shared(future)
    bench.pass_time(1.0)
    done = a_document(old.id, 5, done=True)
    bench.near.follow(done, bench.clock.now)
    bench.prove()
    answer = bench.belief.at_hand(old.id)

    assert trusted
    assert answer
    assert answer.document == done
    assert bench.belief.shared(future) is None


@pytest.mark.parametrize("asked_ago", [0.1, -0.1])
async def test_what_was_given_on_trust_is_a_floor_until_the_database_was_asked_later(
    bench: RecallBench, asked_ago: float
) -> None:
    """A question asked before may be answered after it, and not know of it."""
    old = a_document(version=4)
    bench.keep(old)
    young = bench.belief.at_hand(old.id)
    bench.proof.end()
    bench.belief.shared(Entry(document=a_document(old.id, 5), written_at=bench.wall.now))
    stale = bench.belief.stale(old.id)
    bench.prove(ago=asked_ago)
    answer = bench.belief.at_hand(old.id)

    assert young
    assert stale is None
    assert (answer is None) is (asked_ago > 0)
    assert bench.belief.floor(old.id) == (5 if asked_ago > 0 else 4)


@pytest.mark.parametrize(("ago", "version"), [(9.0, 3), (30.5, 2)])
async def test_what_redis_kept_instead_is_given_for_its_lifetime_and_is_a_floor_then(
    bench: RecallBench, ago: float, version: int
) -> None:
    bench.proof.end()
    said = Answer(document=a_document(version=2), forward="miss")
    assert said.document
    newer = a_document(said.document.id, 3)
    answer = bench.belief.newer(said, Entry(document=newer, written_at=bench.wall.now - ago))

    assert answer.document
    assert answer.document.version == version
    assert (answer.hit, answer.forward) == (False, "miss")
    assert bench.belief.floor(newer.id) == (3 if version == 3 else 0)


async def test_what_is_known_and_found_in_redis_is_at_hand_from_then_on(
    bench: RecallBench,
) -> None:
    document = a_document()
    bench.know(document)
    bench.proof.proven_at = bench.clock.now - 1.25
    bench.belief.shared(Entry(document=document, written_at=bench.wall.now - 9.0))
    at_hand = bench.belief.at_hand(document.id)

    assert at_hand
    assert (at_hand.detail, at_hand.age) == ("near", 1.25)
    assert bench.near.given(document.id, float("-inf")) == 0
