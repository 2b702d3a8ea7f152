"""The guide's tables: each row is found by what it names, and nothing leaves the tables."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.tuning import (
    LARGEST_POOL,
    LONGEST_TTL,
    POOL_TABLE,
    TTL_TABLE,
    guide_memory,
    memory,
    plain_hit_rate,
    pool_row,
    recommended_memory,
    recommended_pool,
    recommended_ttl,
    redis_bytes,
    ttl_row,
)
from settings import PROJECT

INTERVALS = st.floats(min_value=0.001, max_value=1e6)
USERS = st.floats(min_value=0.0, max_value=1e9)
TABLES = (PROJECT / "docs" / "deployment.md", PROJECT / "docs" / "tuning.md")


@pytest.mark.parametrize(
    ("interval", "row", "ttl"),
    [
        (0.2, 0, 10),
        (1.0, 0, 10),
        (1.49, 0, 14),
        (1.5, 1, 30),
        (2.0, 1, 30),
        (3.0, 1, 30),
        (3.9, 1, 30),
        (4.0, 2, 40),
        (5.0, 2, 50),
        (7.0, 2, 60),
        (7.5, 3, 75),
        (10.0, 3, 100),
        (60.0, 3, 600),
        (86_400.0, 3, 86_400),
    ],
)
def test_a_polling_interval_has_its_row_and_its_ttl(interval: float, row: int, ttl: int) -> None:
    assert ttl_row(interval) is TTL_TABLE[row]
    assert recommended_ttl(interval) == ttl


@given(INTERVALS)
def test_a_recommended_ttl_never_leaves_its_row(interval: float) -> None:
    row = ttl_row(interval)

    assert row.shortest <= recommended_ttl(interval) <= row.longest <= LONGEST_TTL


@given(INTERVALS, INTERVALS)
def test_slower_polling_never_has_the_shorter_ttl(one: float, other: float) -> None:
    faster, slower = sorted((one, other))

    assert recommended_ttl(faster) <= recommended_ttl(slower)


@pytest.mark.parametrize(
    ("users", "row", "pool"),
    [
        (0, 0, 5),
        (1, 0, 5),
        (25, 0, 8),
        (50, 0, 10),
        (51, 1, 11),
        (125, 1, 15),
        (200, 1, 20),
        (201, 2, 21),
        (600, 2, 35),
        (1000, 2, 50),
        (1001, 3, 51),
        (2400, 3, 100),
        (1e9, 3, 100),
    ],
)
def test_a_crowd_has_its_row_and_its_pool(users: float, row: int, pool: int) -> None:
    assert pool_row(users) is POOL_TABLE[row]
    assert recommended_pool(users) == pool


@given(USERS)
def test_a_recommended_pool_never_leaves_its_row(users: float) -> None:
    row = pool_row(users)

    assert row.smallest <= recommended_pool(users) <= row.largest <= LARGEST_POOL


@given(USERS, USERS)
def test_more_users_never_have_the_smaller_pool(one: float, other: float) -> None:
    fewer, more = sorted((one, other))

    assert recommended_pool(fewer) <= recommended_pool(more)


@pytest.mark.parametrize("page", TABLES, ids=lambda path: path.name)
def test_the_tables_are_those_of_the_pages(page: Path) -> None:
    cells = {tuple(_words(line)) for line in page.read_text().splitlines() if line[:1] == "|"}

    assert {_plain(row.polling, row.recommended, row.efficiency) for row in TTL_TABLE} <= cells
    assert {_plain(row.users, row.recommended, row.memory) for row in POOL_TABLE} <= cells


def _plain(*cells: str) -> tuple[str, ...]:
    return tuple(cell.lower() for cell in cells)


def _words(line: str) -> list[str]:
    return [cell.strip().lower() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize(
    ("ttl", "interval", "percent"),
    [(30, 3, 90.0), (30, 10, 66.7), (100, 10, 90.0), (30, 30, 0.0), (30, 31, 0.0), (10, 3, 75.0)],
)
def test_a_cache_with_a_ttl_alone_misses_once_in_so_many_polls(
    ttl: float, interval: float, percent: float
) -> None:
    """As counted by a poller who notes when the entry was made."""
    made, hits, polls = -1e9, 0, 1200
    for number in range(polls):
        now = number * interval
        hits += now - made < ttl
        made = made if now - made < ttl else now

    assert plain_hit_rate(ttl, interval) == pytest.approx(percent, abs=0.05)
    assert 100 * hits / polls == pytest.approx(percent, abs=0.1)


@given(INTERVALS, INTERVALS)
def test_a_hit_rate_is_a_percentage(ttl: float, interval: float) -> None:
    assert 0.0 <= plain_hit_rate(ttl, interval) < 100.0


@given(INTERVALS)
def test_the_recommended_ttl_lets_a_plain_cache_answer_most_polls(interval: float) -> None:
    """Nine of ten; at 5 to 7.5 s its row ends below that, and so does CACHE_TTL_SECONDS."""
    rate = plain_hit_rate(recommended_ttl(interval), interval)

    assert rate >= 85.0 or interval > LONGEST_TTL / 10


def test_the_guides_sum_comes_out_as_in_the_guide() -> None:
    """100 jobs x 10 entries x 2 KB = 2 MB."""
    needed = guide_memory(jobs=100, ttl=30, interval=3, entry_bytes=2000)

    assert needed == 2_000_000
    assert recommended_memory(needed) == (10_000_000, 20_000_000)


def test_what_tally_keeps_for_them_comes_out_as_in_the_deployment_guide() -> None:
    """1,100 jobs x 2.7 KB = 3 MB."""
    assert memory(jobs=1100, value_bytes=2200) == pytest.approx(3_000_000, rel=0.02)


@given(st.integers(min_value=0, max_value=10**7))
def test_an_entry_takes_more_than_its_value_but_not_much(size: int) -> None:
    assert size + 100 < redis_bytes(size) <= 1.26 * size + 200
