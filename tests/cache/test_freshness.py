"""How long a remembered document may be given out, and whether it may."""

import pytest

from cache.entry import Entry
from cache.freshness import Lifetimes, age, expired, trusted
from jobs import Document

LIFETIMES = Lifetimes(moving=30.0, final=300.0)


def entry(*, done: bool = False) -> Entry:
    document = Document(
        id="job_" + "0" * 26,
        owner="ann",
        version=7,
        done=done,
        gone=False,
        retry_after=1,
        body=b"{}",
    )
    return Entry(document=document, written_at=100.0)


@pytest.mark.parametrize(("done", "lifetime"), [(False, 30.0), (True, 300.0)])
def test_it_expires_after_its_lifetime_and_not_before(done: bool, lifetime: float) -> None:
    assert LIFETIMES.of(entry(done=done).document) == lifetime
    assert not expired(entry(done=done), 100.0 + lifetime, LIFETIMES)
    assert expired(entry(done=done), 100.001 + lifetime, LIFETIMES)


def test_an_entry_from_the_future_is_a_young_one() -> None:
    assert not expired(entry(), 0.0, LIFETIMES)


def test_age_counts_from_what_the_database_said() -> None:
    assert age(entry(), 112.5) == 12.5


def test_a_writers_fast_clock_makes_no_negative_age() -> None:
    assert age(entry(), 99.0) == 0.0


@pytest.mark.parametrize(
    ("known", "proven", "expected"),
    [
        (7, True, True),
        (6, True, False),  # committed this moment, or in a history that was undone: ask
        (8, True, False),  # the past
        (0, True, False),  # a change before the feed began may be missing in it
        (0, False, True),  # nothing is proven: its lifetime bounds it
        (7, False, True),
        (8, False, False),
    ],
)
def test_a_version_is_trusted_by_what_is_known_and_proven(
    known: int, proven: bool, expected: bool
) -> None:
    assert trusted(7, known=known, proven=proven) is expected
