"""Sizes, times and shares as people read them."""

import pytest

from ops.quantities import duration, percent, size


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (2700, "2.6 KB"),
        (256 * 2**20, "256.0 MB"),
        (3 * 2**40, "3072.0 GB"),
        (-2048, "-2.0 KB"),
    ],
)
def test_a_size(number: float, text: str) -> None:
    assert size(number) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0003, "0.3 ms"), (0.05, "50 ms"), (1, "1 s"), (12.345, "12.3 s")]
)
def test_a_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(("share", "text"), [(0, "0 %"), (0.05, "5 %"), (0.9876, "98.8 %")])
def test_a_share(share: float, text: str) -> None:
    assert percent(share) == text
