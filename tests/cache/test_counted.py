"""The names of what is counted, and which ends of an audit are broken promises."""

import pytest

from cache.counted import CACHE_CELL_MAP, CACHE_COUNTS, Verdict
from cache.tier import Trouble


@pytest.mark.parametrize("verdict", Verdict)
def test_an_answer_that_was_too_old_or_never_true_broke_its_promise(verdict: Verdict) -> None:
    fine = verdict in (Verdict.KEPT, Verdict.UNDATED, Verdict.SKIPPED)

    assert verdict.broken is not fine


def test_every_trouble_but_not_having_asked_is_an_error() -> None:
    assert {*CACHE_CELL_MAP.cells("errors")} == {*Trouble} - {Trouble.AWAY}


def test_a_board_takes_less_than_a_megabyte() -> None:
    """Each process has one, in memory."""
    assert 8 * CACHE_CELL_MAP.size < 2**20
    assert len({family.name for family in CACHE_COUNTS}) == len(CACHE_COUNTS)
