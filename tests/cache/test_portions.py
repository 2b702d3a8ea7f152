"""Portions of puts: as they came, none too many, none too heavy unless it is one alone."""

from collections.abc import Sequence
from itertools import chain, pairwise

from hypothesis import given
from hypothesis import strategies as st

from cache.portions import MOST, MOST_BYTES, portions
from cache.tier import Put


def a_put(size: int) -> Put:
    return Put(key="k", value=b"x" * size, seconds=1.0)


SIZES = st.lists(st.integers(0, 30), max_size=40)
BOUND = st.integers(1, 40)


@given(SIZES, BOUND, BOUND)
def test_all_travel_in_their_order_and_within_the_bounds(
    sizes: list[int], most: int, most_bytes: int
) -> None:
    puts = [a_put(size) for size in sizes]
    parts = [*portions(puts, most=most, most_bytes=most_bytes)]

    assert [*chain.from_iterable(parts)] == puts
    assert all(1 <= len(part) <= most for part in parts)
    assert all(weight(part) <= most_bytes for part in parts if len(part) > 1)


@given(SIZES, BOUND, BOUND)
def test_none_ends_before_it_must(sizes: list[int], most: int, most_bytes: int) -> None:
    parts = [*portions([a_put(size) for size in sizes], most=most, most_bytes=most_bytes)]

    assert all(
        len(part) == most or weight([*part, after[0]]) > most_bytes
        for part, after in pairwise(parts)
    )


def weight(puts: Sequence[Put]) -> int:
    return sum(len(put.value) for put in puts)


def test_a_whole_batch_of_documents_of_the_usual_size_is_one() -> None:
    assert [len(part) for part in portions([a_put(2300)] * MOST)] == [MOST]
    assert [len(part) for part in portions([a_put(MOST_BYTES // 4)] * 9)] == [4, 4, 1]
