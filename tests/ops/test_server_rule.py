"""A rule judges each server it is for, and what a judge cannot learn is unknown."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from example_servers import NAME, PRIMARY, REPLICA, SENTINEL, found, replica, seen, watched
from ops.evidence import Evidence
from ops.rule import Judged, judged
from ops.server_rule import (
    REPLICAS,
    Met,
    MetRule,
    NotKnown,
    SentinelRule,
    ServerRule,
    figure,
    known,
    word,
)
from ops.server_seen import LayoutSeen, SentinelSeen, ServerSeen, Unknown


def fine(one: Met, evidence: Evidence) -> Judged:
    return judged(one.name)


def fine_server(one: ServerSeen, evidence: Evidence) -> Judged:
    return judged(one.name)


def lost(one: ServerSeen, evidence: Evidence) -> Judged:
    return judged(str(known(Unknown("hidden"))))


def latency(one: ServerSeen, evidence: Evidence) -> Judged:
    return judged(str(known(one.ping)))


def fine_sentinel(one: SentinelSeen, evidence: Evidence) -> Judged:
    return judged(one.name)


ROW: dict[str, Any] = {"check": "redis.it", "threshold": "fine", "fix": "mend"}
EVERY_SERVER = ServerRule(**ROW, judge=fine_server)
EVERYBODY = MetRule(**ROW, judge=fine)
EACH_SENTINEL = SentinelRule(**ROW, judge=fine_sentinel)
EACH_REPLICA = ServerRule(**ROW, judge=fine_server, roles=REPLICAS)


def subjects(rule: ServerRule | MetRule | SentinelRule, given: Evidence) -> list[str]:
    return [finding.subject for finding in rule(given)]


def test_each_rule_is_for_whom_it_says() -> None:
    both = watched(PRIMARY, replica())

    assert subjects(EVERY_SERVER, both) == [NAME, REPLICA]
    assert subjects(EACH_REPLICA, both) == [REPLICA]
    assert subjects(EACH_SENTINEL, both) == [SENTINEL.name] * 3
    assert subjects(EVERYBODY, both) == [NAME, REPLICA] + [SENTINEL.name] * 3


def test_a_fact_that_is_missing_is_unknown_with_the_reason() -> None:
    rule = ServerRule(check="redis.it", threshold="fine", fix="mend", judge=lost)
    finding = found([rule], seen())["redis.it"]

    assert (finding.verdict, finding.measured) == ("unknown", "hidden")
    assert "docs/doctor.md" in finding.fix


def test_why_a_server_is_silent_is_told_by_one_check_only() -> None:
    why = "it does not answer in time (TimeoutError: ...)."
    rule = ServerRule(**ROW, judge=latency)
    silent = replace(PRIMARY, trouble=why, ping=Unknown(why))
    finding = found([rule], seen(silent))["redis.it"]

    assert (finding.measured, finding.fix) == ("it could not be asked", "see redis.reachable")


def test_where_no_server_is_known_the_target_is_the_subject() -> None:
    nobody = LayoutSeen(topology="cluster", trouble="it cannot be reached.")
    given = seen(layout=nobody, servers=())
    finding = found([EVERY_SERVER], given)["redis.it"]

    assert (finding.verdict, finding.subject) == ("unknown", str(given.target))
    assert finding.fix == "see redis.layout"
    assert list(EVERY_SERVER(seen(target=None, servers=()))) == []


@given(st.text())
def test_a_figure_is_a_number_or_not_known(text: str) -> None:
    try:
        number = figure({"name": text}, "name")
    except NotKnown:
        with pytest.raises(ValueError, match="float"):
            float(text)
    else:
        assert number == float(text) or number != number


def test_a_word_that_was_not_told_is_not_known() -> None:
    with pytest.raises(NotKnown, match="it does not tell role"):
        word({}, "role")
