"""What we count, told in Prometheus's words: the one file that knows prometheus_client.

Every name is in docs/metrics.md. Labels come from short closed lists: nobody outside can make up
a new time series. Numbers are of this process and begin at zero with it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds: a poll from the cache takes about 1 ms, an upload many seconds."""
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The counts of one process, in a registry of their own. `cache` gives the cache's numbers."""

    def __init__(self, cache: Callable[[], Mapping[str, Any]]) -> None:
        # Else a time stamp that nobody reads stands beside each counter. (Their call has no types.)
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self._registry.register(_CacheNumbers(cache))
        self._http_requests = Counter(
            "tally_http_requests_total",
            "HTTP requests answered, by class of status.",
            ["route", "method", "status"],
            registry=self._registry,
        )
        self._http_seconds = Histogram(
            "tally_http_request_duration_seconds",
            "From the arrival of a request to the end of its answer.",
            ["route", "method"],
            buckets=_BUCKETS,
            registry=self._registry,
        )

    def http_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """An answered request. `route` is the template that matched, never the path itself."""
        method = method if method in _METHODS else "other"
        self._http_requests.labels(route, method, f"{status // 100}xx").inc()
        self._http_seconds.labels(route, method).observe(seconds)

    def render(self) -> tuple[bytes, str]:
        """What a scrape gets: the body, and its content type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST


class _CacheNumbers(Collector):
    """The cache's own numbers, read at each scrape: nothing is counted twice."""

    def __init__(self, cache: Callable[[], Mapping[str, Any]]) -> None:
        self._cache = cache

    def collect(self) -> Iterator[Metric]:
        now = self._cache()
        yield from _polls(now)
        yield from _redis(now)
        yield from _audits(now["audit"])
        if "feed" in now:  # else there is no near tier in this process
            yield from _near(now["feed"], now["near"])


def _polls(now: Mapping[str, Any]) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "cache_hit_rate", "Polls answered by the cache, in percent.", now["hit_rate"]
    )
    yield CounterMetricFamily(
        "cache_requests_total", "Polls asked of the cache.", now["total_requests"]
    )
    yield _counted(
        "tally_cache_polls_total",
        "Polls by how they were answered.",
        "outcome",
        {**now["hits_by"], **now["missed_by"]},
    )
    yield CounterMetricFamily(
        "tally_cache_database_reads_total",
        "Reads of the database for polls, however many polls waited for each.",
        now["database_reads"],
    )


def _redis(now: Mapping[str, Any]) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "tally_cache_in_use", "1 while Redis is in use, else 0.", now["redis_enabled"]
    )
    servers = GaugeMetricFamily(
        "tally_cache_servers",
        "Redis servers that are known now, by how they are.",
        labels=["state"],
    )
    states = list(now["servers"].values())
    for state in ("in use", "away"):
        servers.add_metric([state], states.count(state))
    yield servers
    yield _counted(
        "tally_cache_replica_lags_total",
        "Gets of a replica whose primary had more.",
        "kind",
        now["replica"],
    )
    yield _counted(
        "tally_cache_puts_total", "Documents offered to the cache.", "outcome", now["puts"]
    )
    yield _counted(
        "tally_cache_rejected_total", "Values found but not served.", "reason", now["rejected"]
    )
    yield _counted("tally_cache_errors_total", "Calls to Redis that failed.", "kind", now["errors"])
    yield CounterMetricFamily(
        "tally_cache_mended_total", "Values put into Redis in a writer's place.", now["mended"]
    )


def _near(feed: Mapping[str, Any], near: Mapping[str, Any]) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "tally_cache_feed_proven", "1 while near answers may be given, else 0.", feed["proven"]
    )
    age = feed["age_seconds"]
    yield GaugeMetricFamily(
        "tally_cache_feed_age_seconds",
        "Since the database last vouched for the near tier.",
        float("inf") if age is None else age,
    )
    yield GaugeMetricFamily(
        "tally_cache_push_alive", "1 while Redis announces changes, else 0.", feed["push"]
    )
    yield GaugeMetricFamily(
        "tally_cache_to_mend", "Changes that Redis may not have yet.", feed["to_mend"]
    )
    yield GaugeMetricFamily(
        "tally_cache_near_entries", "Documents remembered in this process.", near["entries"]
    )
    yield GaugeMetricFamily("tally_cache_near_bytes", "Bytes they take, about.", near["bytes"])


def _audits(audit: Mapping[str, Any]) -> Iterator[Metric]:
    yield _counted(
        "tally_cache_audits_total",
        "Answers compared with the database a moment later.",
        "outcome",
        audit["outcomes"],
    )
    staleness = audit["staleness_seconds"]
    yield HistogramMetricFamily(
        "tally_cache_staleness_seconds",
        "How stale audited answers were when they were given.",
        buckets=list(staleness["buckets"].items()),
        sum_value=staleness["sum"],
    )


def _counted(name: str, words: str, label: str, counts: Mapping[str, int]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, words, labels=[label])
    for value, count in counts.items():
        family.add_metric([value], count)
    return family
