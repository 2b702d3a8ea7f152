"""Guide, `advise` and doctor say the same of a TTL: one too short for the polling is raised."""

import re
from typing import Any, Final

import pytest

from example_evidence import evidence, service
from guide.page import GUIDE
from ops.checks_cache import CHECKS
from ops.finding import Verdict
from ops.measured import Measured, Number
from ops.ttl_advice import advise_ttl

_SECTION: Final = GUIDE.read_text().partition("### Optimal TTL selection")[2].partition("\n### ")[0]
PAGE: Final = " ".join(_SECTION.split())
ENOUGH: Final = re.findall(r"30 seconds are enough as long as polls are less than ([\d.]+) s", PAGE)
RAISED: Final = re.findall(r"at a poll every (\d+) s it is `(CACHE_TTL_SECONDS=\d+)`", PAGE)


def advised(every: float, *, ttl: float = 30.0, follows: bool = True) -> str | None:
    interval = Number(value=every, samples=500)
    return advise_ttl(Measured(interval=interval, ttl_seconds=ttl, follows=follows)).change


def doctors(every: float, *, ttl: float = 30.0) -> Verdict:
    polling: dict[str, Any] = {"interval_seconds": every, "samples": 500, "pollers": 10}
    seen = evidence(service=service({"polling": polling, "ttl_seconds": ttl}))
    found = [finding for check in CHECKS for finding in check(seen)]
    (verdict,) = [finding.verdict for finding in found if finding.check == "cache.ttl"]
    return verdict


@pytest.mark.parametrize("every", [0.5, 1.0, 2.0, 3.0, 5.0, 7.4])
def test_thirty_seconds_are_enough_for_polls_below_the_guides_bound(every: float) -> None:
    (bound,) = map(float, ENOUGH)

    assert every < bound
    assert advised(every) is None
    assert doctors(every) is Verdict.OK


def test_at_the_bound_and_above_both_want_more() -> None:
    (bound,) = map(float, ENOUGH)
    ((every, change),) = RAISED

    assert advised(bound) is not None
    assert doctors(bound) is Verdict.WARN
    assert advised(float(every)) == change
    assert doctors(float(every)) is Verdict.WARN
    assert doctors(float(every), ttl=float(change.partition("=")[2])) is Verdict.OK


def test_without_the_near_tier_a_ttl_above_its_row_is_named_by_advise() -> None:
    assert "`CACHE_NEAR_MAX_ENTRIES=0`" in PAGE
    assert advised(1.0, follows=False) == "CACHE_TTL_SECONDS=10"
    assert advised(3.0, follows=False) is None
