"""Goals are met by ratios within one run, missed openly, and never assumed."""

from typing import Any

from benchmarks import contenders as who
from benchmarks.goals import ASGI_304, FAST_304, Goal, goals, page
from benchmarks.polls import summary

RATES = {
    who.HELLO.name: 100.0,
    who.FAST.name: 250.0,
    FAST_304: 250.0,
    who.ASGI.name: 80.0,
    ASGI_304: 130.0,
    who.NO_REDIS.name: 250.0,
    who.REDIS.name: 65.0,
    who.SQLITE.name: 5.0,
    who.POSTGRES.name: 5.0,
    who.HAND_WRITTEN.name: 10.0,
    who.CLIENT_SIDE.name: 12.5,
    who.NGINX.name: 200.0,
}


def a_round(*, slower: float = 1.0) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "per_second": rate / slower,
            "answers": 1000,
            "p50_ms": 1.0,
            "p99_ms": 10.0,
            "reads": 0,
            "errors": 0,
        }
        for name, rate in RATES.items()
    }


def by_text(figures: dict[str, Any]) -> dict[str, Goal]:
    return {goal.text: goal for goal in goals(figures)}


def test_ratios_come_from_the_rounds_and_the_best_of_the_peers_counts() -> None:
    found = by_text({"polls": summary([a_round(), a_round(slower=3.0)])})

    assert found["near hit, fast lane: x raw ASGI hello world"].figure == 2.5
    assert found["the same: x the best Python peer"].figure == 20.0
    assert found["the same: x nginx's micro-cache"].figure == 1.25
    assert found["Redis hit: x the best peer doing the same"].figure == 6.5


def test_a_figure_at_its_bound_is_met_and_one_below_is_not() -> None:
    found = by_text({"polls": summary([a_round()])})

    assert found["Redis hit: x hello world"].met is True
    assert found["near hit, plain ASGI lane: x hello world"].met is False


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    missing = [goal for goal in goals({}) if goal.figure is not None or goal.met is not None]

    assert missing == []


def test_a_missed_goal_stands_out_on_the_page() -> None:
    lines = page({"polls": summary([a_round()])}).splitlines()

    assert "| near hit, plain ASGI lane: x hello world | at least 0.85 | 0.80 | **no** |" in lines
    assert "| stampede of 500: database reads | at most 1 | not measured |  |" in lines
