"""Goals are met by ratios within one run, missed openly, and never assumed."""

from typing import Any

import pytest

from benchmarks import contenders as who
from benchmarks.goals import ASGI_304, FAST_304, Goal, goals, page
from benchmarks.memory import EXACT, SAMPLE, SPREAD
from benchmarks.polls import summary
from benchmarks.stampede import summary as summary_of_stampedes

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
            "own_us": 5.0,
            "kernel_us": 7.0,
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


def test_redis_memory_of_all_lots_has_the_same_goal() -> None:
    server = {
        SPREAD: weights(2000.0, 2500.0, 2400.0),
        EXACT: weights(2000.0, 2640.0, 2640.0),
        SAMPLE: weights(1000.0, 1300.0, 1200.0),
    }
    process = {SPREAD: {"resident": 4400.0, "reported": 4000.0}}

    found = by_text({"memory": {"redis": {"redis": server}, "process": process}})

    lots = [
        found["Redis memory of a job: x its document, of 1 to 4 KB"],
        found["the same, of 2,048 bytes"],
        found["the same, of 0.7 to 1.8 KB, the sample video's"],
    ]
    assert [(goal.bound, goal.figure, goal.met) for goal in lots] == [
        (1.3, 1.25, True),
        (1.3, 1.32, False),
        (1.3, 1.3, True),
    ]
    unreported = found["near memory that is not reported, of 1 to 4 KB: x what is reported"]
    assert unreported.figure == pytest.approx(0.1)


def test_one_bad_stampede_among_good_ones_misses_the_goals() -> None:
    counts = ((1, 0), (1, 0), (2, 500))
    told = {"p50_ms": 1.0, "p99_ms": 2.0}
    found = summary_of_stampedes([{**told, "reads": a, "errors": b} for a, b in counts])

    goals_of = by_text({"stampede": {who.TALLY.name: found}})

    assert goals_of["stampede of 500: database reads, in the worst"].met is False
    assert goals_of["the same: errors, in the worst"].figure == 500.0
    assert goals_of["the same: errors, in the worst"].met is False


def test_medians_alone_do_not_tell_of_the_worst_stampede() -> None:
    found = by_text({"stampede": {who.TALLY.name: {"reads": 1, "errors": 0}}})

    assert found["the same: errors, in the worst"].met is None


IN_MEMORY = "share of the 100,000 jobs that are in memory"
GROWTH = "growth of the process by them, x the near tier's memory bound"


def a_scale(*, entries: int, resident: int, most: int = 100_000) -> dict[str, Any]:
    return {
        "jobs": {"100": {}, str(most): {"times_first": {"median": 1.0}}},
        "near_entries": entries,
        "near_bytes": 1,
        "bound_bytes": 1000,
        "resident_bytes": resident,
    }


@pytest.mark.parametrize(("resident", "met"), [(1000, True), (1001, False)])
def test_memory_of_many_jobs_is_judged_by_the_growth_of_the_process(
    resident: int, met: bool
) -> None:
    found = by_text({"scale": a_scale(entries=100_000, resident=resident)})

    assert (found[IN_MEMORY].met, found[GROWTH].met) == (True, met)


def test_jobs_that_were_evicted_miss_the_goal_and_their_memory_is_not_judged() -> None:
    found = by_text({"scale": a_scale(entries=99_999, resident=10)})

    assert (found[IN_MEMORY].met, found[GROWTH].met) == (False, None)


def test_a_quick_run_with_fewer_jobs_says_nothing_of_many() -> None:
    found = by_text({"scale": a_scale(entries=2000, resident=10, most=2000)})

    assert (found[IN_MEMORY].met, found[GROWTH].met) == (None, None)


def test_what_no_goal_asks_for_stands_in_a_table_of_its_own() -> None:
    asked, also = page({}).split("\n\n")

    assert asked.startswith("| goal |")
    assert also.startswith("| also held |")
    assert len(also.splitlines()) == 2 + 7
    assert "| Redis frozen: errors |" in also


def test_a_missed_goal_stands_out_on_the_page() -> None:
    lines = page({"polls": summary([a_round()])}).splitlines()

    assert "| near hit, plain ASGI lane: x hello world | at least 0.85 | 0.80 | **no** |" in lines
    assert (
        "| stampede of 500: database reads, in the worst | at most 1 | not measured |  |" in lines
    )
