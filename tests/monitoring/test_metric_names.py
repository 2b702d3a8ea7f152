"""Rules and dashboard ask only for metrics that are told, by labels that these have."""

import re

import pytest

from monitoring.monitoring_files import (
    OF_PROMETHEUS,
    OF_THE_EXPORTER,
    documented,
    expressions,
    names_in,
    rules,
    unit_tests,
)

SELECTOR = re.compile(r"(\w+)\{([^}]*)\}")
LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")


def all_expressions() -> dict[str, str]:
    found = {
        name: rule["expr"] for kind in ("record", "alert") for name, rule in rules(kind).items()
    }
    return found | expressions()


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("up", {"up"}),
        (
            'sum by (job, le) (rate(tally_a_bucket{route="/x(y)",le="1"}[5m])) > 0',
            {"tally_a_bucket"},
        ),
        ("a:b:rate5m and on (job, instance) c_total == 1", {"a:b:rate5m", "c_total"}),
        ("avg_over_time(a:b[1h] offset 10m) * 1e6 < +Inf", {"a:b"}),
        ("x unless (y or vector(0))", {"x", "y"}),
    ],
)
def test_the_names_in_an_expression_are_found(expression: str, names: set[str]) -> None:
    assert names_in(expression) == names


def test_every_metric_is_documented_recorded_or_told_by_redis_exporter() -> None:
    known = {*documented(), *rules("record"), *OF_THE_EXPORTER, *OF_PROMETHEUS}

    unknown = {
        (place, name)
        for place, expression in all_expressions().items()
        for name in names_in(expression)
        if name not in known
    }

    assert unknown == set()


def test_every_recorded_name_is_read_by_an_alert_another_rule_or_the_dashboard() -> None:
    read = {name for expression in all_expressions().values() for name in names_in(expression)}

    assert set(rules("record")) - read == set()


def test_every_label_that_is_matched_is_one_that_the_metric_has() -> None:
    wrong = {
        (place, name, label)
        for place, expression in all_expressions().items()
        for name, matchers in SELECTOR.findall(expression)
        for label in LABEL.findall(re.sub('"[^"]*"', '""', matchers))
        if name in documented() and label not in documented()[name]
    }

    assert wrong == set()


def test_the_unit_tests_feed_only_metrics_that_are_told_or_recorded() -> None:
    fed = {
        series["series"].partition("{")[0]
        for test in unit_tests()
        for series in test["input_series"]
    }

    told = {*documented(), *OF_THE_EXPORTER, *OF_PROMETHEUS}

    assert fed - told - {*rules("record")} == set()
