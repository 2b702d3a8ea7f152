"""The near tier's bounds: what goes, and what stays known."""

import pytest

from cache.near import Held, Near
from example_documents import Clock, a_document

ENTRIES = 3
KNOWN = 10 * ENTRIES
SIZE = 8000


def small(*, entries: int = ENTRIES) -> Near:
    return Near(entries=entries, size=SIZE, negative_seconds=1.0, clock=Clock(), known=KNOWN)


@pytest.fixture
def near() -> Near:
    return small()


def test_a_document_greater_than_the_whole_memory_is_known_and_takes_no_room(near: Near) -> None:
    near.keep(a_document("b", 1), 0.0, 0)
    near.keep(a_document("a", 1), 0.0, 0)
    near.keep(a_document("a", 2, body=bytes(SIZE)), 0.0, 0)

    assert near.get("a") is None
    assert near.known("a") == 2
    assert near.get("b")
    assert near.entries == 1


def test_however_many_are_known_only_a_remembered_job_never_steps_back(near: Near) -> None:
    near.keep(a_document("a", 5), 0.0, 0)
    for number in range(1000):
        near.keep(a_document(f"giant {number}", body=bytes(SIZE)), 0.0, 0)
    near.keep(a_document("a", 4), 0.0, 0)

    assert near.known("a") == 5
    assert near.get("a") == Held(a_document("a", 5), 0.0)


def test_more_are_known_than_remembered(near: Near) -> None:
    for number in range(KNOWN):
        near.keep(a_document(str(number), 3), 0.0, 0)

    assert [near.known(str(number)) for number in range(KNOWN)] == [3] * KNOWN


def test_what_changes_elsewhere_takes_no_room_from_what_is_polled_here(near: Near) -> None:
    near.keep(a_document("a", 1), 0.0, 0)
    for number in range(KNOWN // 2):
        near.follow(a_document(str(number), 3), 1.0)
    near.follow(a_document("a", 2), 2.0)
    near.follow(a_document("a", 1), 3.0)

    assert near.get("a") == Held(a_document("a", 2), 2.0)
    assert near.entries == 1
    assert (near.known("0"), near.known("a")) == (3, 2)


def test_a_change_is_no_use_of_what_nobody_polls_any_more(near: Near) -> None:
    for job_id in "abc":
        near.keep(a_document(job_id), 0.0, near.epoch)
    near.get("b")
    near.get("c")
    near.follow(a_document("a", 2), 1.0)
    near.keep(a_document("d"), 2.0, near.epoch)

    assert [job_id for job_id in "abcd" if near.peek(job_id)] == ["b", "c", "d"]
    assert near.known("a") == 2


def test_what_was_used_has_a_second_chance_but_no_third(near: Near) -> None:
    for job_id in "abc":
        near.keep(a_document(job_id), 0.0, 0)
    near.get("a")
    left = []
    for newcomer in "def":
        near.keep(a_document(newcomer), 0.0, 0)
        left.append("".join(job_id for job_id in "abcdef" if near.peek(job_id)))

    assert left == ["acd", "ade", "def"]


def test_a_put_passes_over_32_used_ones_at_most() -> None:
    near = Near(entries=100, size=2**20, negative_seconds=1.0, clock=Clock())
    names = [str(number) for number in range(100)]
    for name in names:
        near.keep(a_document(name), 0.0, 0)
        near.get(name)
    near.keep(a_document("new"), 0.0, 0)

    held = {name: one for name in names if (one := near.peek(name))}
    assert {*names} - {*held} == {"32"}
    assert sum(not one.used for one in held.values()) == 32
    assert near.peek("new")


def test_what_is_kept_is_not_driven_out_by_its_own_growth(near: Near) -> None:
    for job_id in "abc":
        near.keep(a_document(job_id, body=bytes(1000)), 0.0, 0)
        near.get(job_id)
    near.keep(a_document("a", 2, body=bytes(3500)), 0.0, 0)

    assert [job_id for job_id in "abc" if near.peek(job_id)] == ["a", "c"]


def test_a_creation_that_is_told_of_ends_the_denial(near: Near) -> None:
    near.deny("a", 0)
    near.follow(a_document("a", 1), 1.0)

    assert not near.denied("a")


def test_of_more_than_can_be_known_at_the_beginning_the_first_named_are(near: Near) -> None:
    near.begin({str(number): 1 for number in range(1000)})

    assert [number for number in range(1000) if near.known(str(number))] == [*range(KNOWN)]


def test_without_entries_it_remembers_nothing_but_knows() -> None:
    near = small(entries=0)
    near.keep(a_document("a", 2), 0.0, 0)
    near.keep(a_document("a", 1), 0.0, 0)

    assert near.get("a") is None
    assert (near.known("a"), near.entries, near.size) == (2, 0, 0)


def test_made_up_ids_are_denied_within_bounds(near: Near) -> None:
    for number in range(20_000):
        near.deny(str(number), near.epoch)

    assert sum(near.denied(str(number)) for number in range(20_000)) == 10_000


def test_its_size_is_that_of_what_it_remembers_now(near: Near) -> None:
    near.keep(a_document("a", body=bytes(100)), 0.0, 0)
    one = near.size
    near.keep(a_document("b", body=bytes(700)), 0.0, 0)
    both = near.size
    for version in range(2, 50):
        near.keep(a_document("b", version, body=bytes(700)), 0.0, 0)
    changed = near.size
    for job_id in "bcdefg":
        near.keep(a_document(job_id, 50, body=bytes(100)), 0.0, 0)
    many = near.size
    near.begin({})

    assert both == 2 * one + 600
    assert (changed, near.size, near.entries) == (both, 0, 0)
    assert many == ENTRIES * one


def test_what_fills_it_exactly_is_remembered(near: Near) -> None:
    near.keep(a_document("a"), 0.0, 0)
    exact = Near(entries=9, size=near.size, negative_seconds=1.0, clock=Clock())
    exact.keep(a_document("a"), 0.0, 0)
    twice = Near(entries=9, size=2 * near.size, negative_seconds=1.0, clock=Clock())
    for job_id in "abc":
        twice.keep(a_document(job_id), 0.0, 0)

    assert exact.get("a")
    assert [job_id for job_id in "abc" if twice.get(job_id)] == ["b", "c"]


def test_a_great_document_drives_out_as_many_small_ones_as_it_takes() -> None:
    near = small(entries=9)
    for job_id in "abc":
        near.keep(a_document(job_id, body=bytes(500)), 0.0, 0)
    near.keep(a_document("d", body=bytes(SIZE - 2 * 2100)), 0.0, 0)

    assert [job_id for job_id in "abcd" if near.get(job_id)] == ["c", "d"]


def test_what_is_told_of_a_job_that_is_known_only_does_not_step_back(near: Near) -> None:
    near.begin({"a": 3})
    near.follow(a_document("a", 2), 1.0)

    assert near.known("a") == 3


def test_what_was_given_does_not_sink_but_is_forgotten_with_all_else(near: Near) -> None:
    near.give("a", 5, 1.0)
    near.give("a", 3, 2.0)
    given = near.given("a", 2.0)
    near.begin({})

    assert (given, near.given("a", 2.0), near.known("a")) == (5, 0, 0)
