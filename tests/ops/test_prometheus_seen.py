"""Pages of a Prometheus are read for what is ours, and whatever they hold nothing raises."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from example_evidence import page
from ops.prometheus_seen import PrometheusSeen
from ops.server_seen import Unknown
from ops.service_seen import Page

NAMES = ("status", "data", "groups", "rules", "activeTargets", "activeAlertmanagers", "labels")
ODD = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=8,
)


def seen(rules: object = None, targets: object = None) -> PrometheusSeen:
    nothing = Page(trouble="cannot be asked: Connection refused")
    return PrometheusSeen(
        url="http://127.0.0.1:9090",
        rules=page({"data": {"groups": [{"rules": rules}]}}),
        targets=page({"data": {"activeTargets": targets}}),
        alertmanagers=nothing,
    )


def test_an_alert_by_two_rules_is_well_if_both_are_and_recorded_series_are_none() -> None:
    rules: list[dict[str, Any]] = [
        {"name": "A", "health": "ok", "alerts": []},
        {"name": "A", "health": "err", "alerts": []},
        {"name": "B", "health": "ok", "alerts": []},
        {"name": "job:recorded", "health": "ok"},
    ]

    assert seen(rules=rules).alerts == {"A": False, "B": True}


def test_a_target_is_known_by_its_instance_and_its_account_is_not_shown() -> None:
    labels = {"job": "tally", "instance": "api:8000"}
    url = "http://ann:s3cret@api:8000/metrics"
    one = seen(targets=[{"labels": labels, "scrapeUrl": url, "health": "up"}])

    assert one.scraped == {"api:8000": True}
    assert "s3cret" not in repr(one.scraped)


def test_a_page_that_did_not_come_says_why() -> None:
    assert seen().told == Unknown("cannot be asked: Connection refused")


@given(ODD)
def test_whatever_its_pages_hold_nothing_raises(odd: object) -> None:
    one = page(odd)
    read = PrometheusSeen(url="http://x", rules=one, targets=one, alertmanagers=one)

    for fact in (read.alerts, read.scraped, read.told):
        assert isinstance(fact, Unknown | dict | int)
