"""What we count, told in Prometheus's words: the one file that knows prometheus_client.

Every name is in docs/metrics.md. Labels come from short closed lists: nobody outside can make up
a new time series. Numbers are those of the whole service; nothing is counted or asked here.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeAlias, TypeVar

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import CounterMetricFamily as Counter
from prometheus_client.metrics_core import GaugeMetricFamily as Gauge
from prometheus_client.metrics_core import HistogramMetricFamily as Histogram
from prometheus_client.metrics_core import Metric
from prometheus_client.metrics_core import SummaryMetricFamily as Summary
from prometheus_client.registry import Collector

Numbers: TypeAlias = Mapping[str, Any]
Counted: TypeAlias = tuple[Numbers, Numbers, Numbers]
"""The cache's numbers, its histograms, and those of the requests."""
F = TypeVar("F", Counter, Gauge)


class Metrics:
    """Reads at each scrape. `counted`, all of one moment: the cache's numbers, its histograms, and
    those of the requests: answers by route, method and class of status, seconds by route and
    method. `jobs`: what the database said of jobs and workers, None while it does not answer."""

    def __init__(self, counted: Callable[[], Counted], jobs: Callable[[], Numbers | None]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Scrape(counted, jobs))

    def render(self) -> tuple[bytes, str]:
        """What a scrape gets: the body, and its content type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST


class _Scrape(Collector):
    def __init__(self, counted: Callable[[], Counted], jobs: Callable[[], Numbers | None]) -> None:
        self._counted = counted
        self._jobs = jobs

    def collect(self) -> Iterator[Metric]:
        cache, histograms, http = self._counted()
        yield from _polls(cache)
        yield from _redis(cache)
        yield from _calls(cache["pool"], histograms)
        yield from _audits(cache["audit"])
        if "feed" in cache:  # else there is no near tier
            yield from _near(cache["feed"], cache["near"])
        yield from _http(http)
        if now := self._jobs():  # else the database is away, or has not been asked yet
            yield from _work(now)


def _polls(now: Numbers) -> Iterator[Metric]:
    yield Gauge("cache_hit_rate", "Polls answered by the cache, in percent.", now["hit_rate"])
    yield Counter("cache_requests_total", "Polls asked of the cache.", now["total_requests"])
    ends = {**now["hits_by"], **now["missed_by"]}
    yield _counted("tally_cache_polls_total", "Polls by how they were answered.", "outcome", ends)
    yield Counter(
        "tally_cache_database_reads_total",
        "Reads of the database for polls, however many polls waited for each.",
        now["database_reads"],
    )


def _redis(now: Numbers) -> Iterator[Metric]:
    yield Gauge("tally_cache_in_use", "1 while all processes use Redis.", now["redis_enabled"])
    yield Gauge(
        "tally_cache_redis_missing",
        "1 where REDIS_URL names a Redis, and the redis package is not installed.",
        now["state"] == "redis-missing",
    )
    states = list(now["servers"].values())
    servers = {state: states.count(state) for state in ("in use", "away")}
    yield _shown("tally_cache_servers", "Known Redis servers, by how they are.", "state", servers)
    processes = dict(now["processes"])
    yield Gauge(
        "tally_cache_counts_shared",
        "1 while these numbers are of all processes of the service.",
        processes.pop("shared"),
    )
    yield _shown("tally_cache_processes", "API processes, by how they are.", "state", processes)
    yield _counted(
        "tally_cache_replica_lags_total", "Gets of a replica that lagged.", "kind", now["replica"]
    )
    yield _counted("tally_cache_puts_total", "Documents offered to it.", "outcome", now["puts"])
    yield _counted(
        "tally_cache_rejected_total", "Values found but not served.", "reason", now["rejected"]
    )
    yield _counted("tally_cache_errors_total", "Calls to Redis that failed.", "kind", now["errors"])
    yield Counter(
        "tally_cache_mended_total", "Values put into Redis in a writer's place.", now["mended"]
    )


def _calls(pool: Numbers, histograms: Numbers) -> Iterator[Metric]:
    yield _timed(
        "tally_cache_redis_seconds",
        "What a call of Redis took, with its waiting for a connection.",
        ("op",),
        {(op,): histograms[f"redis_{op}"] for op in ("get", "put")},
    )
    yield Gauge("tally_cache_pool_size", "Connections of one process to one server.", pool["size"])
    yield Gauge("tally_cache_pool_in_use", "Calls under way.", pool["in_use"])
    yield Gauge("tally_cache_pool_waiting", "Calls that wait for a connection.", pool["waiting"])
    entries = histograms["entries"]
    yield Summary(
        "tally_cache_entry_bytes",
        "Size of the values put into Redis.",
        count_value=entries["samples"],
        sum_value=entries["bytes"],
    )
    yield _timed(
        "tally_polling_interval_seconds",
        "Between two polls of one job by one client: a sample.",
        (),
        {(): histograms["gaps"]},
    )


def _near(feed: Numbers, near: Numbers) -> Iterator[Metric]:
    yield Gauge("tally_cache_feed_proven", "1 while near answers may be given.", feed["proven"])
    age = feed["age_seconds"]
    yield Gauge(
        "tally_cache_feed_age_seconds",
        "Since the database last vouched for the near tier.",
        float("inf") if age is None else age,
    )
    yield Gauge("tally_cache_push_alive", "1 while Redis announces changes to all.", feed["push"])
    yield Gauge("tally_cache_to_mend", "Changes that Redis may not have yet.", feed["to_mend"])
    yield Gauge(
        "tally_cache_near_entries", "Documents remembered in the processes.", near["entries"]
    )
    yield Gauge("tally_cache_near_bytes", "Bytes they take, about.", near["bytes"])


def _audits(audit: Numbers) -> Iterator[Metric]:
    yield _counted(
        "tally_cache_audits_total",
        "Answers compared with the database a moment later.",
        "outcome",
        audit["outcomes"],
    )
    yield _timed(
        "tally_cache_staleness_seconds",
        "How stale audited answers were when they were given.",
        (),
        {(): audit["staleness_seconds"]},
    )


def _http(now: Numbers) -> Iterator[Metric]:
    yield Counter("tally_fast_lane_answers_total", "Answers of the fast lane.", now["laned"])
    requests = Counter(
        "tally_http_requests_total",
        "HTTP requests answered, by class of status.",
        labels=["route", "method", "status"],
    )
    for labels, count in now["answers"].items():
        requests.add_metric(labels, count)
    yield requests
    yield _timed(
        "tally_http_request_duration_seconds",
        "From the arrival of a request to the end of its answer.",
        ("route", "method"),
        now["seconds"],
    )


def _work(now: Numbers) -> Iterator[Metric]:
    yield _shown("tally_jobs", "Jobs that are not done.", "status", now["jobs"])
    longest = now["oldest_queued_seconds"]
    yield Gauge("tally_jobs_oldest_queued_seconds", "The longest wait of them.", longest)
    yield Gauge("tally_workers_living", "Workers that have a lease.", now["workers_living"])
    yield Gauge("tally_jobs_age_seconds", "How old these four are.", now["age_seconds"])


def _labelled(kind: type[F], name: str, words: str, label: str, values: Numbers) -> F:
    family = kind(name, words, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family


_counted = partial(_labelled, Counter)
_shown = partial(_labelled, Gauge)


def _timed(
    name: str, words: str, labels: tuple[str, ...], took: Mapping[tuple[str, ...], Numbers]
) -> Histogram:
    family = Histogram(name, words, labels=labels)
    for values, one in took.items():
        family.add_metric(values, [*one["buckets"].items()], one["sum"])
    return family
