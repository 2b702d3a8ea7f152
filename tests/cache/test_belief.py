"""Belief: what of the remembered may be given out, to whom, and how old it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.belief import behind, seen_by
from cache.freshness import PROOF_SECONDS
from counted_store import CountedStore
from example_documents import a_document
from example_jobs import RecordedDelivery
from jobs import Answer, Database
from recall_bench import RecallBench


@pytest.fixture
async def bench(database: Database, delivery: RecordedDelivery) -> RecallBench:
    return RecallBench(CountedStore(database, delivery))


async def test_near_answers_only_while_it_is_proven(bench: RecallBench) -> None:
    document = a_document()
    bench.keep(document)
    answer = bench.belief.at_hand(document.id)
    bench.proof.end()

    assert answer is not None
    assert (answer.document, answer.hit, answer.detail) == (document, True, "near")
    assert bench.belief.at_hand(document.id) is None


@pytest.mark.parametrize(
    ("said_ago", "proven_ago", "age"), [(9, 1, 1), (1, 9, 1), (0, 0, 0), (-1, 9, 0)]
)
async def test_a_near_answer_is_as_old_as_the_last_word_for_it(
    bench: RecallBench, said_ago: float, proven_ago: float, age: float
) -> None:
    document = a_document()
    bench.keep(document, ago=said_ago)
    bench.proof.proven_at = bench.clock.now - proven_ago
    answer = bench.belief.at_hand(document.id)

    assert answer is not None
    assert (answer.age, answer.ttl) == (age, 30.0 - age)


async def test_a_near_answer_is_given_again_as_it_is_while_it_says_the_same_in_whole_seconds(
    bench: RecallBench,
) -> None:
    """What is made of an answer for clients is kept with it, and need not be made again."""
    document = a_document()
    bench.keep(document, ago=0.25)
    bench.proof.proven_at = bench.clock.now - 0.25
    first = bench.belief.at_hand(document.id)
    told = []
    for _ in range(6):
        bench.pass_time(0.25)
        answer = bench.belief.at_hand(document.id)
        assert answer
        told.append((answer is first, answer.age, answer.ttl))

    assert told == [
        (True, 0.25, 29.75),
        (True, 0.25, 29.75),
        (False, 1.0, 29.0),
        (False, 1.25, 28.75),
        (False, 1.25, 28.75),
        (False, 1.25, 28.75),
    ]


async def test_a_near_answer_is_at_most_a_tenth_of_a_second_older_than_it_says(
    bench: RecallBench,
) -> None:
    document = a_document()
    bench.keep(document, ago=0.75)
    bench.proof.proven_at = bench.clock.now - 0.75
    for seconds in (0.0, 0.24, 0.02, 0.04, 0.06):
        bench.pass_time(seconds)
        answer = bench.belief.at_hand(document.id)

    assert answer
    assert int(answer.age) == 1


async def test_what_is_polled_stays_when_the_near_tier_is_full(bench: RecallBench) -> None:
    polled, *others, one_more = [a_document() for _ in range(11)]
    for document in (polled, *others):
        bench.keep(document)
    bench.belief.at_hand(polled.id)
    bench.keep(one_more)

    assert bench.near.peek(polled.id)
    assert not bench.near.peek(others[0].id)


async def test_another_proof_counts_at_once(bench: RecallBench) -> None:
    document = a_document()
    bench.keep(document, ago=9.0)
    bench.proof.proven_at = bench.clock.now - 1.25
    before = bench.belief.at_hand(document.id)
    bench.proof.proven_at = bench.clock.now
    after = bench.belief.at_hand(document.id)

    assert before
    assert after
    assert (before.age, before.ttl) == (1.25, 28.75)
    assert (after.age, after.ttl) == (0.0, 30.0)


async def test_a_near_answer_is_not_given_again_when_its_proof_has_ended_by_time(
    bench: RecallBench,
) -> None:
    document = a_document()
    bench.keep(document)
    bench.proof.proven_at = bench.clock.now - PROOF_SECONDS + 0.05
    assert bench.belief.at_hand(document.id)
    bench.pass_time(0.05)
    bench.proof.proven = False

    assert bench.belief.at_hand(document.id) is None


async def test_a_new_version_is_given_at_once(bench: RecallBench) -> None:
    old = a_document()
    new = a_document(old.id, 2)
    bench.keep(old)
    assert bench.belief.at_hand(old.id)
    bench.keep(new)
    answer = bench.belief.at_hand(old.id)

    assert answer
    assert answer.document == new


async def test_what_is_known_or_was_given_on_trust_is_the_floor_of_what_redis_may_say(
    bench: RecallBench,
) -> None:
    known, given_out = a_document(version=3), a_document(version=5)
    bench.know(known)
    bench.near.give(given_out.id, given_out.version)
    floors = [bench.belief.floor(one.id) for one in (known, given_out, a_document())]

    assert floors == [3, 5, 0]


@given(st.integers(1, 9), st.integers(0, 9), st.sampled_from([None, "alice", "bob"]))
def test_who_has_seen_newer_is_not_given_older_but_of_anothers_job_nobody_learns_anything(
    version: int, floor: int, owner: str | None
) -> None:
    answer = Answer(document=a_document(version=version, owner="alice"))
    seen = seen_by(owner, answer)

    assert behind(answer, owner, floor) == (owner != "bob" and version < floor)
    assert seen.document == (None if owner == "bob" else answer.document)


@given(st.integers(0, 9), st.sampled_from([None, "alice"]))
def test_that_there_is_no_job_is_behind_for_whoever_has_seen_it(
    floor: int, owner: str | None
) -> None:
    assert behind(Answer(document=None), owner, floor) == (floor > 0)
