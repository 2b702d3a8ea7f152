"""What a remembered document is worth to whoever asks."""

import pytest

from cache.entry import Entry
from cache.freshness import Worth, age, expired, remaining, worth
from jobs import Document

ENTRY = Entry(
    document=Document(
        id="job_" + "0" * 26,
        owner="ann",
        version=7,
        done=False,
        gone=False,
        retry_after=1,
        body=b"{}",
    ),
    written_at=100.0,
)


@pytest.mark.parametrize(
    ("owner", "floor", "expected"),
    [
        ("ann", 0, Worth.FRESH),
        ("ann", 7, Worth.FRESH),
        ("ann", 8, Worth.BEHIND),
        ("bob", 0, Worth.HIDDEN),
        ("bob", 8, Worth.HIDDEN),
    ],
)
def test_worth_depends_on_the_owner_first_and_then_on_what_was_seen(
    owner: str, floor: int, expected: Worth
) -> None:
    assert worth(ENTRY, owner=owner, floor=floor, now=110.0, ttl=30.0) is expected


@pytest.mark.parametrize(
    ("owner", "floor", "expected"),
    [("ann", 0, Worth.EXPIRED), ("ann", 8, Worth.EXPIRED), ("bob", 0, Worth.HIDDEN)],
)
def test_what_is_older_than_the_lifetime_is_no_answer_but_tells_a_stranger_nothing(
    owner: str, floor: int, expected: Worth
) -> None:
    assert worth(ENTRY, owner=owner, floor=floor, now=130.1, ttl=30.0) is expected


def test_it_expires_after_its_lifetime_and_not_before() -> None:
    assert not expired(ENTRY, 130.0, ttl=30.0)
    assert expired(ENTRY, 130.001, ttl=30.0)


def test_an_entry_from_the_future_is_a_young_one() -> None:
    assert worth(ENTRY, owner="ann", floor=0, now=0.0, ttl=30.0) is Worth.FRESH


def test_age_counts_from_what_the_database_said() -> None:
    assert age(ENTRY, 112.5) == 12.5


def test_a_writers_fast_clock_makes_no_negative_age() -> None:
    assert age(ENTRY, 99.0) == 0.0


def test_what_remains_is_the_lifetime_less_the_age_and_never_negative() -> None:
    assert remaining(ENTRY, 110.0, ttl=30.0) == 20.0
    assert remaining(ENTRY, 200.0, ttl=30.0) == 0.0
