"""The way to Redis is judged: what the URL means, whether names resolve and servers answer."""

from dataclasses import replace

import pytest

from example_evidence import NOW
from example_servers import found, meant, seen, server, sharded, verdicts, watched
from ops.checks_reach import CHECKS
from ops.server_seen import LayoutSeen, PingSeen, SlowLogSeen, SlowMoment, Unknown

GONE = Unknown("it does not answer in time.")


def slow(seconds: float, at: float = NOW - 60) -> SlowLogSeen:
    return SlowLogSeen(length=1, newest=(SlowMoment(what="a command", at=at, seconds=seconds),))


@pytest.mark.parametrize("given", [seen(), watched(), sharded()])
def test_what_is_in_order_is_found_so(given: object) -> None:
    assert {*verdicts(CHECKS, given).values()} == {"ok"}  # type: ignore[arg-type]


def test_a_url_that_means_nothing_fails_with_its_own_words() -> None:
    finding = found(CHECKS, seen(target=None, url_trouble="REDIS_URL: names no host", servers=()))

    assert finding["redis.url"].verdict == "fail"
    assert finding["redis.url"].measured == "REDIS_URL: names no host"


def test_redis_switched_off_is_a_warning_and_nothing_else_is_said() -> None:
    assert verdicts(CHECKS, seen(target=None, servers=())) == {"redis.url": "warn"}


@pytest.mark.parametrize(
    ("url", "verdict", "fix"),
    [
        ("rediss://:key@x.eastus.redis.azure.net:10000", "ok", ""),
        ("rediss://:key@x.eastus.redis.azure.net:8501", "ok", ""),
        ("rediss://:key@x.eastus.redis.azure.net:6380", "warn", ":10000"),
        ("rediss://:key@x.redis.cache.windows.net:6380", "warn", "Azure Managed Redis"),
        ("redis://:key@x.redis.cache.windows.net:6379", "warn", ":6380"),
    ],
)
def test_azure_has_ports_and_dates_of_its_own(url: str, verdict: str, fix: str) -> None:
    finding = found(CHECKS, seen(target=meant(url)))["redis.url"]

    assert (finding.verdict, fix in finding.fix) == (verdict, True)


def test_a_layout_that_nobody_tells_fails_and_leaves_the_rest_unknown() -> None:
    away = LayoutSeen(topology="cluster", trouble="it cannot be reached.")
    told = verdicts(CHECKS, sharded(layout=away, servers=()))

    assert told.pop("redis.layout") == "fail"
    assert told.pop("redis.url") == "ok"
    assert {*told.values()} == {"unknown"}


def test_a_node_of_the_url_that_left_the_cluster_is_a_warning() -> None:
    stray = replace(server(), role="unknown")

    assert verdicts(CHECKS, sharded(server(), stray))["redis.layout"] == "warn"


def test_a_name_that_does_not_resolve_fails() -> None:
    lost = server(addresses=Unknown("the name redis.internal cannot be resolved"))

    assert verdicts(CHECKS, seen(lost))["redis.name"] == "fail"


def test_a_server_that_does_not_answer_fails_and_is_in_order_in_nothing_that_it_would_tell() -> (
    None
):
    silent = server(trouble=GONE.why, ping=GONE, clock_ahead=GONE, slow_log=GONE)
    told = verdicts(CHECKS, seen(silent))

    assert told["redis.reachable"] == "fail"
    assert {told[name] for name in ("redis.latency", "redis.clock", "redis.slow")} == {"unknown"}


def test_without_the_redis_package_nobody_knows_whether_it_answers() -> None:
    missing = "the redis package is not installed"
    told = verdicts(CHECKS, seen(server(trouble=missing), redis_trouble=missing))

    assert told["redis.reachable"] == "unknown"


@pytest.mark.parametrize(
    ("p50", "p99", "verdict"),
    [(0.001, 0.049, "ok"), (0.001, 0.051, "warn"), (0.051, 0.2, "fail")],
)
def test_latency_is_held_against_the_budget(p50: float, p99: float, verdict: str) -> None:
    far = server(ping=PingSeen(count=20, p50=p50, p99=p99))

    assert verdicts(CHECKS, seen(far))["redis.latency"] == verdict


@pytest.mark.parametrize(
    ("ahead", "verdict"), [(0.4, "ok"), (-0.4, "ok"), (0.6, "warn"), (-0.6, "warn")]
)
def test_clocks_may_differ_by_half_a_second(ahead: float, verdict: str) -> None:
    assert verdicts(CHECKS, seen(server(clock_ahead=ahead)))["redis.clock"] == verdict


def test_what_was_slow_within_the_hour_is_a_warning_by_the_clock_of_the_server() -> None:
    ahead = 7200.0
    told = [
        verdicts(CHECKS, seen(one))["redis.slow"]
        for one in (
            server(slow_log=slow(0.02)),
            server(slow_log=slow(0.2)),
            server(slow_log=slow(0.2, at=NOW - 4000)),
            server(slow_log=slow(0.2, at=NOW + ahead - 60), clock_ahead=ahead),
            server(latency_events=(SlowMoment(what="fork", at=NOW - 60, seconds=0.2),)),
        )
    ]

    assert told == ["ok", "warn", "ok", "warn", "warn"]
