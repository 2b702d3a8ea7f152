"""Medians, ratios and percentiles of rounds."""

import pytest

from benchmarks.ratios import middle, paired, percentile, table


def test_a_median_comes_with_its_spread() -> None:
    assert middle([3.0, 1.0, 2.0]).as_json() == {"median": 2.0, "least": 1.0, "greatest": 3.0}


def test_ratios_are_taken_round_by_round_so_that_a_round_slow_for_both_does_not_show() -> None:
    hello = [100.0, 10.0, 1000.0]

    assert paired([200.0, 20.0, 2000.0], hello).as_json() == {
        "median": 2.0,
        "least": 2.0,
        "greatest": 2.0,
    }


def test_rounds_without_their_other_half_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        paired([1.0, 2.0], [1.0])


def test_a_percentile_is_one_of_the_values_and_there_is_none_of_none() -> None:
    values = [float(number) for number in range(100, 0, -1)]

    assert percentile(values, 0.5) == 50.0
    assert percentile(values, 0.99) == 99.0
    assert percentile(values, 0.991) == percentile(values, 1.0) == 100.0
    assert percentile(values[:1], 0.5) == 100.0
    assert percentile([], 0.5) is None


def test_a_table_has_words_at_the_left_and_numbers_at_the_right() -> None:
    assert table(("", "n"), [["a", "1"]]) == "|  | n |\n| --- | ---: |\n| a | 1 |"
