"""Goals are met by ratios within one run, missed openly, and never assumed."""

from typing import Any

import pytest

from benchmarks import contenders as who
from benchmarks.goals import ASGI_304, FAST_304, Goal, goals, page
from benchmarks.memory import EXACT, SPREAD
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


def weights(document: float, entries: float, bare: float) -> dict[str, float]:
    return {"documents": document, "entries": entries, "bare": bare}


def test_redis_memory_is_judged_by_documents_of_many_sizes_and_the_worst_by_the_bare_value() -> (
    None
):
    server = {
        SPREAD: weights(2000.0, 2500.0, 2400.0),
        EXACT: weights(2048.0, 2700.0, 2700.0),
    }
    process = {SPREAD: {"resident": 4400.0, "reported": 4000.0}}

    found = by_text({"memory": {"redis": {"redis": server}, "process": process}})

    assert found["Redis memory of a job: x its document, of 1 to 4 KB"].figure == 1.25
    assert found["the same, of 2,048 bytes, the worst size: x the bare value there"].figure == 1.0
    unreported = found["near memory that is not reported, of 1 to 4 KB: x what is reported"]
    assert unreported.figure == pytest.approx(0.1)


def test_a_missed_goal_stands_out_on_the_page() -> None:
    lines = page({"polls": summary([a_round()])}).splitlines()

    assert "| near hit, plain ASGI lane: x hello world | at least 0.85 | 0.80 | **no** |" in lines
    assert "| stampede of 500: database reads | at most 1 | not measured |  |" in lines
