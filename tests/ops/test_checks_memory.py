"""The memory of Redis is judged: a bound, room in it, eviction, and sums that are right."""

from dataclasses import replace

import pytest

from example_servers import (
    INFO,
    MB,
    NAME,
    PRIMARY,
    found,
    seen,
    server,
    sharded,
    verdicts,
    without,
)
from ops.checks_memory import CHECKS
from ops.server_seen import KeysSeen, Unknown

HIDDEN = Unknown("NoPermissionError: no permissions to run the 'info' command")


def judged(check: str, **info: str) -> str:
    return verdicts(CHECKS, seen(server(info=info, info_later=info)))[check]


def test_what_is_in_order_is_found_so() -> None:
    assert {*verdicts(CHECKS, seen()).values()} == {"ok"}
    assert {*verdicts(CHECKS, sharded()).values()} == {"ok"}


def test_no_limit_fails_on_a_server_of_ones_own_and_is_unknown_at_a_provider() -> None:
    endless = server(info={"maxmemory": "0"})
    theirs = replace(endless, name=NAME.replace("10.0.0.3", "x.redis.azure.net"))
    by_word = server(info={"maxmemory": "0", "os": "Amazon ElastiCache"})
    told = [verdicts(CHECKS, seen(one))["redis.maxmemory"] for one in (endless, theirs, by_word)]

    assert told == ["fail", "unknown", "unknown"]
    assert "redis.memory-used" not in verdicts(CHECKS, seen(endless))


@pytest.mark.parametrize(
    ("used", "verdict"), [(75, "ok"), (76, "warn"), (90, "warn"), (91, "fail"), (100, "fail")]
)
def test_memory_that_runs_full_is_told_in_time(used: int, verdict: str) -> None:
    assert judged("redis.memory-used", used_memory=str(used), maxmemory="100") == verdict


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [("allkeys-lru", "ok"), ("volatile-lfu", "ok"), ("noeviction", "warn")],
)
def test_a_cache_makes_room_by_itself(policy: str, verdict: str) -> None:
    assert judged("redis.eviction-policy", maxmemory_policy=policy) == verdict


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [("0", "0", "ok"), ("5", "5", "warn"), ("0", "1", "warn"), ("500", "500", "fail")],
)
def test_evictions_are_held_against_all_keys_there_ever_were(
    before: str, after: str, verdict: str
) -> None:
    evicting = server(info={"evicted_keys": before}, info_later={"evicted_keys": after})

    assert verdicts(CHECKS, seen(evicting))["redis.evictions"] == verdict


def test_without_a_second_look_nobody_knows_of_evictions() -> None:
    once = server(info_later=Unknown("it does not answer in time."))

    assert verdicts(CHECKS, seen(once))["redis.evictions"] == "unknown"


@pytest.mark.parametrize(
    ("ratio", "lost", "verdict"),
    [("1.4", 900, "ok"), ("9.0", 99, "ok"), ("1.6", 101, "warn")],
)
def test_fragmentation_counts_where_it_costs_something(ratio: str, lost: int, verdict: str) -> None:
    lost_bytes = str(lost * MB)

    assert (
        judged(
            "redis.fragmentation",
            mem_fragmentation_ratio=ratio,
            mem_fragmentation_bytes=lost_bytes,
        )
        == verdict
    )


def test_the_estimate_says_what_entries_take_and_what_the_guide_reckons() -> None:
    finding = found(CHECKS, seen())["redis.memory-estimate"]

    assert finding.verdict == "ok"
    assert "1000 entries of 2.6 KB: 2.6 MB" in finding.measured
    assert "says 19.5 MB" in finding.measured  # 1,000 jobs x 30 s / 3 s x 2 KB


@pytest.mark.parametrize(
    ("size", "maxmemory", "verdict"),
    [(2700, 6 * MB, "ok"), (2700, 5 * MB, "warn"), (21_000, 0, "warn"), (20_000, 0, "ok")],
)
def test_entries_larger_than_the_sums_are_a_warning(
    size: int, maxmemory: int, verdict: str
) -> None:
    keys = KeysSeen(sampled=100, foreign=0, entries=100, without_ttl=0, entry_bytes=(size,) * 10)
    one = server(keys=keys, info={"maxmemory": str(maxmemory)})

    assert verdicts(CHECKS, seen(one))["redis.memory-estimate"] == verdict


def test_a_server_without_entries_has_nothing_to_estimate() -> None:
    beats = server(keys=KeysSeen(sampled=2, foreign=0, without_ttl=0, entry_bytes=()))
    hidden = server(keys=KeysSeen(sampled=2, foreign=0, without_ttl=0, entry_bytes=HIDDEN))

    assert found(CHECKS, seen(beats))["redis.memory-estimate"].measured == "no entries now"
    assert verdicts(CHECKS, seen(beats))["redis.memory-estimate"] == "ok"
    assert verdicts(CHECKS, seen(hidden))["redis.memory-estimate"] == "unknown"


def test_what_is_hidden_is_unknown_as_a_whole_or_field_by_field() -> None:
    blind = server(info=HIDDEN, info_later=HIDDEN, keys=HIDDEN)
    told = verdicts(CHECKS, seen(blind))
    bare = replace(PRIMARY, info=without(INFO, "maxmemory", "maxmemory_policy"))

    assert {*told.values()} == {"unknown"}
    assert verdicts(CHECKS, seen(bare))["redis.maxmemory"] == "unknown"
    assert verdicts(CHECKS, seen(bare))["redis.eviction-policy"] == "unknown"
