"""The configuration and the rules hold before the real promtool; each alert is fired by a test."""

import re
import subprocess
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from monitoring.monitoring_files import PROMETHEUS, UNIT_TESTS, rules, unit_tests

LABEL = re.compile(r'alertname="(\w+)"')


def ask(promtool: str, *words: str | Path) -> str:
    """What it prints; fails with that when it is not content."""
    done = subprocess.run(
        [promtool, *words], capture_output=True, text=True, timeout=60, check=False
    )
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    return told


def test_the_configuration_is_one_and_names_the_rules(promtool: str) -> None:
    told = ask(promtool, "check", "config", PROMETHEUS / "prometheus.yml")

    assert "2 rule files found" in told


def test_the_linter_finds_no_rule_twice_and_no_label_misused(promtool: str) -> None:
    told = ask(
        promtool, "check", "rules", "--lint=all", "--lint-fatal",
        PROMETHEUS / "rules.yml", PROMETHEUS / "alerts.yml",
    )  # fmt: skip

    assert f"{len(rules('record'))} rules found" in told
    assert f"{len(rules('alert'))} rules found" in told


@pytest.mark.parametrize("file", sorted(UNIT_TESTS.glob("*.yml")), ids=lambda file: file.stem)
def test_the_rules_do_what_their_unit_tests_say(promtool: str, file: Path) -> None:
    assert "SUCCESS" in ask(promtool, "test", "rules", file)


def test_a_unit_test_that_expects_something_else_fails(promtool: str, tmp_path: Path) -> None:
    """Else the test above could not fail."""
    wrong = (UNIT_TESTS / "recording.yml").read_text().replace("value: 16}", "value: 17}", 1)
    (tmp_path / "wrong.yml").write_text(wrong.replace("../", f"{PROMETHEUS}/"))

    with pytest.raises(AssertionError, match="FAILED"):
        ask(promtool, "test", "rules", tmp_path / "wrong.yml")


def asked() -> list[dict[str, Any]]:
    """Every question of the unit tests for what fires."""
    return [
        question
        for test in unit_tests()
        for question in test["promql_expr_test"]
        if "ALERTS" in question["expr"]
    ]


def firing(question: dict[str, Any]) -> set[str]:
    return {name for sample in question["exp_samples"] for name in LABEL.findall(sample["labels"])}


def test_every_alert_is_fired_by_a_unit_test() -> None:
    fired = {name for question in asked() for name in firing(question)}

    assert fired == set(rules("alert"))


def test_every_alert_is_silent_in_the_same_unit_test_before_it_fires() -> None:
    seen_silent = set()
    for test in unit_tests():
        questions = [one for one in test["promql_expr_test"] if "ALERTS" in one["expr"]]
        for before, after in pairwise(questions):
            seen_silent |= firing(after) - firing(before)

    assert seen_silent == set(rules("alert"))


def test_every_recording_rule_has_a_unit_test() -> None:
    tested = {
        name
        for test in unit_tests()
        for question in test["promql_expr_test"]
        for name in rules("record")
        if name in question["expr"] and question["exp_samples"]
    }

    assert tested == set(rules("record"))


def test_every_alert_says_how_urgent_it_is_and_what_to_do() -> None:
    for name, rule in rules("alert").items():
        notes = rule["annotations"]

        assert rule["labels"]["severity"] in ("page", "ticket"), name
        assert notes.keys() == {"summary", "description", "runbook_url"}, name
        assert "{{" in notes["summary"], f"{name} does not say who"
        assert len(notes["summary"]) < 110, f"{name}'s summary is not for a small screen"


def test_only_what_clients_notice_or_a_broken_promise_wakes_somebody() -> None:
    pages = [name for name, it in rules("alert").items() if it["labels"]["severity"] == "page"]

    assert not [name for name in pages if "Redis" in name]
    assert Counter(pages).total() < 10
