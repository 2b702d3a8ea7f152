"""What a scrape shows, of numbers that a test brings."""

from collections.abc import Mapping
from typing import Any, Final

from api import HTTP_COUNTS, HttpCounts
from cache import CACHE_COUNTS, CacheStats
from counts import Board, CellMap
from metrics import Metrics

CELL_MAP: Final = CellMap((*CACHE_COUNTS, *HTTP_COUNTS))
JOBS: Final = {
    "jobs": {"queued": 3, "running": 1, "canceling": 0},
    "oldest_queued_seconds": 12.5,
    "workers_living": 2,
    "age_seconds": 0.5,
}
"""As a database in good order tells of jobs and workers."""


def scraped(metrics: Metrics) -> str:
    return metrics.render()[0].decode()


def of(
    stats: CacheStats, http: HttpCounts | None = None, jobs: Mapping[str, Any] | None = JOBS
) -> Metrics:
    """Those of a process; without requests where only the cache matters."""
    http = http or HttpCounts(Board.alone(CELL_MAP), "poll")
    return Metrics(lambda: (stats.snapshot(), stats.histograms(), http.numbers()), lambda: jobs)
