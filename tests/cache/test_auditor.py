"""What the auditor makes of an answer and of what the database says; and which it looks at."""

import math
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache import Lifetimes
from cache.auditor import NEAR_SECONDS, Finding, Served, Truth, gap, judge
from cache.counted import Verdict
from jobs import Document

LIFETIMES: Final = Lifetimes(moving=30.0, final=300.0)
NOW: Final = 1_000_000.0
moments: Final = st.floats(-1e6, 1e6).map(lambda seconds: NOW + seconds)
tiers: Final = st.sampled_from([("near", False), ("redis", False), ("near", True), ("redis", True)])


def served(*, tier: str = "near", stale: bool = False, done: bool = False) -> Served:
    document = Document(
        id="job_" + "0" * 26,
        owner="ann",
        version=7,
        done=done,
        gone=False,
        retry_after=1,
        body=b"{}",
    )
    return Served(document=document, tier=tier, stale=stale, at=NOW)


def changed(seconds_before: float, *, version: int = 8) -> Truth:
    """The database, when another version was written that long before the answer."""
    return Truth(version=version, changed_at=NOW - seconds_before)


@given(where=tiers)
def test_the_version_that_the_database_still_has_was_not_stale_wherever_it_was(
    where: tuple[str, bool],
) -> None:
    answer = served(tier=where[0], stale=where[1])
    truth = Truth(version=7, document=replace(answer.document))

    assert judge(answer, truth, LIFETIMES) == Finding(verdict=Verdict.KEPT, seconds=0.0)


@pytest.mark.parametrize(
    "other",
    [{"body": b"[]"}, {"owner": "bob"}, {"gone": True}, {"done": True}, {"retry_after": 5}],
)
def test_the_same_version_with_other_content_breaks_the_promise(other: dict[str, Any]) -> None:
    answer = served()
    truth = Truth(version=7, document=replace(answer.document, **other))

    assert judge(answer, truth, LIFETIMES).verdict is Verdict.OTHER_BYTES


@given(version=st.integers(0, 6), changed_at=st.none() | moments, where=tiers)
def test_a_version_that_the_database_does_not_have_breaks_the_promise(
    version: int, changed_at: float | None, where: tuple[str, bool]
) -> None:
    answer = served(tier=where[0], stale=where[1])
    truth = Truth(version=version, changed_at=changed_at)

    assert judge(answer, truth, LIFETIMES) == Finding(verdict=Verdict.UNKNOWN_VERSION)


@given(version=st.integers(8, 1000), later=st.floats(0.0, 1e6), where=tiers)
def test_what_changed_after_the_answer_does_not_make_it_stale(
    version: int, later: float, where: tuple[str, bool]
) -> None:
    answer = served(tier=where[0], stale=where[1])
    truth = changed(-later, version=version)

    assert judge(answer, truth, LIFETIMES) == Finding(verdict=Verdict.KEPT, seconds=0.0)


@given(version=st.integers(8, 1000), changed_at=moments, where=tiers)
def test_it_is_as_stale_as_the_last_change_is_earlier_than_the_answer(
    version: int, changed_at: float, where: tuple[str, bool]
) -> None:
    answer = served(tier=where[0], stale=where[1])
    finding = judge(answer, Truth(version=version, changed_at=changed_at), LIFETIMES)

    assert finding.seconds == max(0.0, NOW - changed_at)


@pytest.mark.parametrize(
    ("answer", "allowed", "broken"),
    [
        (served(tier="near"), NEAR_SECONDS, Verdict.NEAR_TOO_OLD),
        (served(tier="near", done=True), NEAR_SECONDS, Verdict.NEAR_TOO_OLD),
        (served(tier="redis"), 30.5, Verdict.REDIS_TOO_OLD),
        (served(tier="redis", done=True), 300.5, Verdict.REDIS_TOO_OLD),
        (served(tier="near", stale=True), 30.5, Verdict.STALE_TOO_OLD),
        (served(tier="redis", stale=True), 30.5, Verdict.STALE_TOO_OLD),
        (served(tier="redis", stale=True, done=True), 300.5, Verdict.STALE_TOO_OLD),
    ],
)
def test_each_tier_keeps_its_promise_up_to_its_limit_and_breaks_it_beyond(
    answer: Served, allowed: float, broken: Verdict
) -> None:
    assert judge(answer, changed(allowed), LIFETIMES).verdict is Verdict.KEPT
    assert judge(answer, changed(allowed + 0.001), LIFETIMES).verdict is broken


@given(where=tiers)
def test_of_a_job_deleted_since_nobody_can_tell_how_stale_it_was(where: tuple[str, bool]) -> None:
    answer = served(tier=where[0], stale=where[1])

    assert judge(answer, Truth(version=8), LIFETIMES) == Finding(verdict=Verdict.UNDATED)


@pytest.mark.parametrize(
    ("verdict", "broken"),
    [
        (Verdict.KEPT, False),
        (Verdict.UNDATED, False),
        (Verdict.SKIPPED, False),
        (Verdict.NEAR_TOO_OLD, True),
        (Verdict.REDIS_TOO_OLD, True),
        (Verdict.STALE_TOO_OLD, True),
        (Verdict.UNKNOWN_VERSION, True),
        (Verdict.OTHER_BYTES, True),
    ],
)
def test_only_what_is_worse_than_promised_is_a_broken_promise(
    verdict: Verdict, broken: bool
) -> None:
    assert verdict.broken is broken


@given(draw=st.floats(0.0, 1.0, exclude_max=True))
def test_a_share_of_all_takes_every_answer_and_one_of_none_takes_none(draw: float) -> None:
    assert math.ceil(gap(1.0, draw)) <= 1
    assert gap(0.0, draw) == math.inf


@given(share=st.floats(1e-6, 0.999), draw=st.floats(0.0, 1.0, exclude_max=True))
def test_the_next_sample_is_never_further_than_its_chance_allows(share: float, draw: float) -> None:
    """The chance that none of the first n answers is sampled is (1 - share) ** n."""
    answers = gap(share, draw)

    assert answers >= 0.0
    assert (1.0 - share) ** answers == pytest.approx(1.0 - draw, rel=1e-6)


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5])
def test_gaps_are_one_by_the_share_on_average(share: float) -> None:
    draws = [(number + 0.5) / 10_000 for number in range(10_000)]
    average = sum(math.ceil(gap(share, draw)) for draw in draws) / len(draws)

    assert average == pytest.approx(1.0 / share, rel=0.01)
