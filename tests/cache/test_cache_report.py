"""The statistics as they are told: sums, quantiles, how often clients ask, and who that makes."""

import json

import pytest

from cache import CacheStats
from cache.counted import CACHE_CELL_MAP, NEVER_MS
from cache.report import histograms, report
from cache.tier import TierState, Trouble
from counts import GAP_BOUNDS, Board, Reading
from counts.board import clock
from counts.cell_map import STARTED
from counts.reading import SECOND_NS, Sheet

STATE = TierState(enabled=True, detail="redis", ttl_seconds=30)
AS_OF = "2026-01-02T03:04:05.678Z"


@pytest.fixture
def board() -> Board:
    """Of a service that began ten seconds ago."""
    board = Board.alone(CACHE_CELL_MAP)
    board.cells[STARTED] = clock() - 10 * SECOND_NS
    return board


def polling(reading: Reading) -> dict[str, float]:
    told: dict[str, float] = report(reading, STATE, {}, AS_OF)["polling"]
    return told


@pytest.mark.parametrize("interval", [1, 2, 3, 5, 10, 30, 60])
def test_the_polling_interval_is_the_median_of_the_gaps(board: Board, interval: float) -> None:
    for gap in (0.98 * interval, interval, 1.02 * interval, 500.0):
        board.timer("gaps")(gap)

    assert polling(board.read())["interval_seconds"] == pytest.approx(interval, rel=0.1)
    assert polling(board.read())["samples"] == 4


def test_pollers_are_requests_per_second_times_the_interval(board: Board) -> None:
    """500 polls in 10 s by clients that ask every 2 s: a hundred clients."""
    board.cells[CACHE_CELL_MAP.cells("hits")["near"]] = 500
    for _ in range(100):
        board.timer("gaps")(2.0)

    assert polling(board.read())["pollers"] == pytest.approx(100, rel=0.02)


def test_everything_is_json_with_plain_names(board: Board) -> None:
    told = report(board.read(), STATE, {"h": {"engine": "redis"}}, AS_OF)

    assert json.loads(json.dumps(told)) == told
    assert told["as_of"] == AS_OF
    assert told["server_facts"] == {"h": {"engine": "redis"}}
    assert list(told)[:5] == ["redis_enabled", "hits", "misses", "total_requests", "hit_rate"]


def two_processes(ages_ms: tuple[int, int]) -> Reading:
    """Both with a near tier whose last proof is so old."""
    boards = [Board.alone(CACHE_CELL_MAP) for _ in ages_ms]
    for board, age_ms in zip(boards, ages_ms, strict=True):
        board.show("near", {"follows": 1, "proven": 1, "age_ms": age_ms})
        board.beat()
    sheets = [Sheet(cells=board.cells, living=True) for board in boards]
    return Reading(CACHE_CELL_MAP, sheets, clock())


@pytest.mark.parametrize(
    ("ages_ms", "told"), [((250, 1250), 1.25), ((1250, 250), 1.25), ((250, NEVER_MS), None)]
)
def test_the_proof_is_as_old_as_that_of_the_process_that_has_the_oldest(
    ages_ms: tuple[int, int], told: float | None
) -> None:
    assert report(two_processes(ages_ms), STATE, {}, AS_OF)["feed"]["age_seconds"] == told


def test_only_calls_that_found_no_place_are_told_of_the_pool() -> None:
    stats = CacheStats()
    for trouble in (*Trouble, Trouble.BUSY):
        stats.error(trouble)

    assert stats.snapshot()["pool"]["busy"] == 2


def test_gaps_are_told_bucket_by_bucket(board: Board) -> None:
    board.timer("gaps")(1.0)
    buckets = histograms(board.read())["gaps"]["buckets"]

    assert list(buckets) == [*map(str, GAP_BOUNDS), "+Inf"]
    assert (buckets["0.9"], buckets["1.1"], buckets["+Inf"]) == (0, 1, 1)


def test_what_was_asked_a_moment_ago_is_in_every_window() -> None:
    stats = CacheStats()
    stats.hit("near")
    stats.hit("redis")
    stats.missed("miss")
    stats.read()
    stats.error(Trouble.TIMEOUT)
    windows = stats.snapshot()["windows"]

    for name in ("1m", "5m", "1h"):
        told = {**windows[name], "seconds": None, "latency": None}
        assert windows[name]["seconds"] < 60
        assert told == {
            "seconds": None,
            "requests": 3,
            "hits": 2,
            "misses": 1,
            "errors": 1,
            "database_reads": 1,
            "hit_rate": 66.7,
            "latency": None,
        }


def test_without_requests_there_is_no_hit_rate_and_without_samples_no_quantile() -> None:
    numbers = CacheStats().snapshot()

    assert numbers["windows"]["1m"]["hit_rate"] is None
    assert numbers["latency"]["poll"] == {"count": 0, "p50_ms": None, "p99_ms": None}
    assert numbers["entry"] == {"mean_bytes": None, "samples": 0}
    assert numbers["polling"] == {"interval_seconds": None, "samples": 0, "pollers": None}
    assert numbers["server_facts"] == {}


def test_what_took_how_long_is_told_in_milliseconds() -> None:
    stats = CacheStats()
    for _ in range(99):
        stats.took("redis_get", 0.0007)
    stats.took("redis_get", 0.04)
    stats.took("poll", 0.002)
    latency = stats.snapshot()["latency"]

    assert latency["redis_get"]["count"] == 100
    assert 0.5 < latency["redis_get"]["p50_ms"] <= 1.0
    assert latency["redis_get"]["p99_ms"] == 1.0
    assert 1.0 < latency["poll"]["p50_ms"] <= 2.5
    assert latency["redis_put"]["count"] == 0
    assert stats.histograms()["redis_get"]["buckets"]["0.05"] == 100


def test_the_mean_size_of_entries_is_told() -> None:
    stats = CacheStats()
    stats.entry(1000)
    stats.entry(2001)

    assert stats.snapshot()["entry"] == {"mean_bytes": 1500.5, "samples": 2}
    assert stats.histograms()["entries"] == {"bytes": 3001, "samples": 2}
