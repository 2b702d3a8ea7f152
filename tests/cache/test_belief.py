"""Belief: what of the remembered may be given out, to whom, and how old it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.belief import _YOUNG_SECONDS, Belief, behind, seen_by
from cache.freshness import PROOF_SECONDS, Lifetimes
from cache.near import Near
from counted_store import CountedStore
from example_documents import Clock, a_document
from example_jobs import RecordedDelivery
from jobs import Answer, Database
from recall_bench import MovedProof, RecallBench


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


@given(
    st.sampled_from([0.25, 2.5, 30, 30.0]),
    st.floats(0, 3),
    st.lists(st.tuples(st.floats(0, 1.6), st.booleans()), min_size=1, max_size=9),
)
def test_a_near_answer_says_in_whole_seconds_what_is_true_when_it_is_given(
    lifetime: float, said_ago: float, steps: list[tuple[float, bool]]
) -> None:
    """However often it is given again, and whichever proof it is given by."""
    clock, proof, document = Clock(), MovedProof(), a_document()
    near = Near(entries=1, size=2**20, negative_seconds=1.0, clock=clock)
    lifetimes = Lifetimes(moving=lifetime)
    belief = Belief(near, proof, lifetimes, clock=clock, wall=clock)
    said_at = clock.now - said_ago
    near.keep(document, said_at, near.epoch)
    for seconds, proves in steps:
        clock.now += seconds
        proof.proven_at = clock.now if proves else proof.proven_at
        proof.proven = clock.now - proof.proven_at < PROOF_SECONDS
        answer = belief.at_hand(document.id)
        past = clock.now - max(said_at, proof.proven_at)

        assert (answer is None) == (not proof.proven)
        if answer:
            assert int(answer.age) == int(past)
            left = int(max(0.0, lifetime - past))
            assert int(answer.ttl or 0.0) in ([left] if past else [left, left - 1])


@pytest.mark.parametrize(("ago", "given_out"), [(2.45, True), (2.55, False), (2.95, False)])
def test_what_stands_in_for_the_database_ends_with_its_lifetime_also_within_a_second(
    ago: float, given_out: bool
) -> None:
    clock, proof, document = Clock(), MovedProof(), a_document()
    near = Near(entries=1, size=2**20, negative_seconds=1.0, clock=clock)
    belief = Belief(near, proof, Lifetimes(moving=2.5), clock=clock, wall=clock)
    near.keep(document, clock.now, near.epoch)
    clock.now += 2.2
    assert belief.stale(document.id)
    clock.now += ago - 2.2

    assert bool(belief.stale(document.id)) is given_out


def test_an_answer_that_is_given_again_is_never_given_without_a_proof() -> None:
    assert _YOUNG_SECONDS <= PROOF_SECONDS


async def test_what_is_polled_stays_when_the_near_tier_is_full(bench: RecallBench) -> None:
    polled, *others = [a_document() for _ in range(30)]
    bench.keep(polled)
    bench.pass_time(0.25)
    assert bench.belief.at_hand(polled.id)  # made; all others are the same one, given again
    for document in others:
        bench.belief.at_hand(polled.id)
        bench.keep(document)

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
    bench.near.give(given_out.id, given_out.version, bench.clock.now)
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
