"""What a scrape shows: the guide's names, bounded labels, and nothing that the page forgets."""

import re
from pathlib import Path
from typing import Any, Final

import pytest

from api import HttpCounts
from cache import CacheStats
from cache.counted import Verdict
from cache.tier import Trouble
from counts import Board
from metrics import Metrics
from scraped_metrics import CELL_MAP, of, scraped
from settings import Settings
from wiring import build_basis

PAGE: Final = Path(__file__).parents[1] / "docs" / "metrics.md"
ROW: Final = re.compile(r"^\| `(\w+)` \| (\w+) \|([^|]*)\|", re.MULTILINE)


@pytest.fixture
def board() -> Board:
    return Board.alone(CELL_MAP)


@pytest.fixture
def http(board: Board) -> HttpCounts:
    return HttpCounts(board, "poll")


@pytest.fixture
def stats(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, board: Board) -> CacheStats:
    """Of an API process with a near tier that has not begun."""
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    settings = Settings(redis_url="none", data_dir=tmp_path)
    return build_basis(settings, follows=True, board=board).stats


@pytest.fixture
def busy(stats: CacheStats, http: HttpCounts) -> Metrics:
    """Of a process in which everything has happened at least once."""
    for _ in range(4):
        stats.hit("redis")
    stats.missed("miss")
    stats.error(Trouble.TIMEOUT)
    stats.audited(Verdict.KEPT, 0.3)
    stats.took("redis_get", 0.0003)
    stats.entry(2000)
    stats.polled("job", "client")
    stats.polled("job", "client")
    http.observe("/api/v2/jobs/{job_id}", "GET", 200, 0.002)
    return of(stats, http)


def test_the_guides_two_numbers_are_there_by_its_names(busy: Metrics) -> None:
    assert "\ncache_hit_rate 80.0\n" in scraped(busy)
    assert "\ncache_requests_total 5.0\n" in scraped(busy)


def test_the_caches_numbers_are_those_of_the_moment_of_the_scrape() -> None:
    stats = CacheStats()
    metrics = of(stats)
    before = scraped(metrics)
    stats.hit("redis")

    assert "\ncache_requests_total 0.0\n" in before
    assert "\ncache_requests_total 1.0\n" in scraped(metrics)
    assert '\ntally_cache_polls_total{outcome="redis"} 1.0\n' in scraped(metrics)
    assert '\ntally_cache_polls_total{outcome="near"} 0.0\n' in scraped(metrics)


def test_how_the_near_tier_is_can_be_scraped_before_it_has_begun(stats: CacheStats) -> None:
    text = scraped(of(stats))

    assert "\ntally_cache_feed_proven 0.0\n" in text
    assert "\ntally_cache_feed_age_seconds +Inf\n" in text
    assert "\ntally_cache_push_alive 0.0\n" in text
    assert "\ntally_cache_near_entries 0.0\n" in text


def test_without_a_near_tier_everything_else_can_be_scraped() -> None:
    text = scraped(of(CacheStats()))

    assert "tally_cache_feed_proven" not in text
    assert "\ntally_cache_database_reads_total 0.0\n" in text
    assert "\ntally_cache_staleness_seconds_count 0.0\n" in text


def test_staleness_is_a_histogram_and_audits_are_counted_by_their_end(busy: Metrics) -> None:
    text = scraped(busy)

    assert '\ntally_cache_audits_total{outcome="kept"} 1.0\n' in text
    assert '\ntally_cache_audits_total{outcome="near_too_old"} 0.0\n' in text
    assert '\ntally_cache_staleness_seconds_bucket{le="0.25"} 0.0\n' in text
    assert '\ntally_cache_staleness_seconds_bucket{le="0.5"} 1.0\n' in text
    assert '\ntally_cache_staleness_seconds_bucket{le="+Inf"} 1.0\n' in text
    assert "\ntally_cache_staleness_seconds_sum 0.3\n" in text


def test_the_page_names_every_metric_with_its_type_and_labels_and_no_other(busy: Metrics) -> None:
    written = {name: (kind, labels_in(cell)) for name, kind, cell in ROW.findall(PAGE.read_text())}

    assert written == shown(scraped(busy))


def test_the_page_names_every_way_that_polls_and_audits_end(busy: Metrics) -> None:
    for metric in ("tally_cache_polls_total", "tally_cache_audits_total"):
        (row,) = re.findall(rf"^\| `{metric}` .*$", PAGE.read_text(), re.MULTILINE)
        ends = re.findall(rf'^{metric}{{outcome="(\w+)"}}', scraped(busy), re.MULTILINE)

        assert len(ends) >= 5
        assert [end for end in ends if f"`{end}`" not in row] == []


def labels_in(cell: str) -> frozenset[str]:
    return frozenset(re.findall(r"`(\w+)`", cell))


def shown(text: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Each metric of a scrape: its type, and the labels its samples have."""
    found: dict[str, Any] = {}
    for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE):
        samples = re.findall(rf"^{name}(?:_bucket|_sum|_count)?(?:{{(.*)}})? ", text, re.MULTILINE)
        labels = {label for sample in samples for label in re.findall(r'(\w+)="', sample)}
        found[name] = (kind, frozenset(labels - {"le"}))
    return found


def test_requests_are_counted_by_class_of_status_and_timed(busy: Metrics) -> None:
    labels = 'method="GET",route="/api/v2/jobs/{job_id}"'

    assert f'tally_http_requests_total{{{labels},status="2xx"}} 1.0' in scraped(busy)
    assert f"tally_http_request_duration_seconds_count{{{labels}}} 1.0" in scraped(busy)


def test_answers_of_the_fast_lane_are_told(busy: Metrics, http: HttpCounts) -> None:
    http.laned(200, 0.0001)

    assert "tally_fast_lane_answers_total 1.0" in scraped(busy)


def test_a_method_that_a_client_made_up_is_no_label(busy: Metrics, http: HttpCounts) -> None:
    http.observe("other", "BREW", 501, 0.001)

    assert 'method="other"' in scraped(busy)
    assert "BREW" not in scraped(busy)


def test_what_was_never_asked_has_no_series(busy: Metrics) -> None:
    assert "/livez" not in scraped(busy)


def test_calls_of_redis_are_a_histogram_by_what_they_did(busy: Metrics) -> None:
    text = scraped(busy)

    assert '\ntally_cache_redis_seconds_bucket{le="0.00025",op="get"} 0.0\n' in text
    assert '\ntally_cache_redis_seconds_bucket{le="0.0005",op="get"} 1.0\n' in text
    assert '\ntally_cache_redis_seconds_count{op="get"} 1.0\n' in text
    assert '\ntally_cache_redis_seconds_count{op="put"} 0.0\n' in text


def test_entries_and_gaps_between_polls_are_told(busy: Metrics) -> None:
    text = scraped(busy)

    assert "\ntally_cache_entry_bytes_count 1.0\n" in text
    assert "\ntally_cache_entry_bytes_sum 2000.0\n" in text
    assert "\ntally_polling_interval_seconds_count 1.0\n" in text


def test_processes_and_the_pool_are_told(busy: Metrics) -> None:
    text = scraped(busy)

    assert '\ntally_cache_processes{state="counted"} 1.0\n' in text
    assert '\ntally_cache_processes{state="redis_in_use"} 0.0\n' in text
    assert "\ntally_cache_pool_in_use 0.0\n" in text


@pytest.mark.parametrize("shared", [True, False])
def test_whether_the_numbers_are_of_all_processes_is_told(shared: bool) -> None:
    board = Board.alone(CELL_MAP, shared=shared)
    text = scraped(of(CacheStats(board), HttpCounts(board, "poll")))

    assert f"\ntally_cache_counts_shared {float(shared)}\n" in text
    assert 'state="shared"' not in text


def test_a_scrape_says_that_it_is_prometheus_text(busy: Metrics) -> None:
    assert busy.render()[1].startswith("text/plain; version=")
