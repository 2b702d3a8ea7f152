"""A rule makes one finding of one judgement; without statistics, one that says why."""

import pytest

from example_evidence import down, evidence, page, service
from ops.evidence import Evidence
from ops.finding import Verdict
from ops.rule import Judged, Rule, ServiceRule, advised, judged, unknown
from ops.service_seen import Page, ServiceSeen


def rule(said: Judged | None) -> Rule:
    return Rule(check="a.b", subject="it", threshold="ten", fix="mend it", judge=lambda _: said)


def service_rule(said: Judged | None) -> ServiceRule:
    return ServiceRule(check="a.b", threshold="ten", fix="mend it", judge=lambda _seen, _: said)


def test_what_is_in_order_needs_no_fix() -> None:
    (finding,) = rule(judged("nine"))(evidence())

    assert (finding.verdict, finding.measured, finding.fix) == (Verdict.OK, "nine", "")


def test_what_is_not_has_that_of_the_rule_or_a_better_one() -> None:
    fixes = [
        finding.fix
        for said in (judged("11", warn=True), judged("12", fail=True, fix="now"), unknown("why"))
        for finding in rule(said)(evidence())
    ]

    assert fixes == ["mend it", "now", "mend it"]


def test_a_judge_without_an_opinion_finds_nothing() -> None:
    assert [*rule(None)(evidence()), *service_rule(None)(evidence())] == []


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (None, "it was not asked"),
        (down("does not answer within 2 s"), "does not answer within 2 s"),
        (service(stats=Page(status=404)), "answers 404"),
        (service(stats=page({"statistics": [1]})), "answers 200"),
        (service(stats=page("garbage")), "answers 200"),
    ],
)
def test_without_statistics_a_rule_of_the_service_is_unknown_and_says_why(
    seen: ServiceSeen | None, why: str
) -> None:
    def never(_seen: ServiceSeen, _evidence: Evidence) -> Judged:
        raise AssertionError("nobody may judge what was not seen")

    asked = ServiceRule(check="a.b", threshold="ten", fix="mend it", judge=never)
    (finding,) = asked(evidence(service=seen))

    assert finding.verdict is Verdict.UNKNOWN
    assert why in finding.measured


def test_advice_is_that_for_the_most_frequent_kind() -> None:
    advice = {"busy": "a larger pool", "timeout": "a nearer Redis"}

    assert advised({"busy": 3, "timeout": 2}, advice, "look") == "a larger pool"
    assert advised({"unheard": 9, "busy": 3}, advice, "look") == "look"
    assert advised({}, advice, "look") == "look"
