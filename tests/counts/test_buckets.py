"""What can be told from buckets, and by how much it may be wrong."""

import math
from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counts import Histogram

BOUNDS = (0.001, 0.01, 0.1, 1.0)
SAMPLES = st.lists(st.floats(0, 1.0), min_size=1, max_size=50)
SHARES = st.floats(0, 1)


@given(SAMPLES, SHARES)
def test_a_quantile_lies_in_the_bucket_of_the_true_one(samples: list[float], share: float) -> None:
    true = sorted(samples)[max(1, math.ceil(share * len(samples))) - 1]
    number = bisect_left(BOUNDS, true)
    told = Histogram.of(BOUNDS, samples).quantile(share)

    assert told is not None
    assert (0.0, *BOUNDS)[number] <= told <= BOUNDS[number] * (1 + 1e-9)


@given(SAMPLES, SHARES, SHARES)
def test_a_greater_share_is_never_a_smaller_quantile(
    samples: list[float], one: float, other: float
) -> None:
    took = Histogram.of(BOUNDS, samples)
    low, high = sorted((one, other))

    assert (took.quantile(low) or 0) <= (took.quantile(high) or 0)


@given(SAMPLES)
def test_the_last_of_the_cumulative_buckets_counts_them_all(samples: list[float]) -> None:
    took = Histogram.of(BOUNDS, samples)

    assert list(took.cumulative()) == ["0.001", "0.01", "0.1", "1.0", "+Inf"]
    assert took.cumulative()["+Inf"] == took.count == len(samples)
    assert took.cumulative()["0.1"] == sum(sample <= 0.1 for sample in samples)
    assert took.sum == pytest.approx(sum(samples))


def test_without_samples_there_is_no_quantile() -> None:
    assert Histogram.of(BOUNDS, []).quantile(0.5) is None


def test_what_is_above_all_bounds_counts_as_the_last_of_them() -> None:
    assert Histogram.of(BOUNDS, [5.0, 7.0]).quantile(0.5) == 1.0
