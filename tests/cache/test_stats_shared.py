"""The numbers of one service's processes: each tells those of all."""

from dataclasses import replace
from pathlib import Path

from cache import CACHE_COUNTS, CacheStats, TierState
from cache.counted import CACHE_CELL_MAP
from cache.stats import NearState
from counts import Board, CellMap
from counts.folder import Folders

NEAR = NearState(proven=True, age=0.25, push=True, to_mend=2, entries=3, size=5000)
IN_USE = TierState(enabled=True, detail="redis", ttl_seconds=30, breaker="closed", waiting=1)
AWAY = replace(IN_USE, enabled=False, detail="redis-down", breaker="open")


def two_processes(folder: Path, *states: TierState) -> list[CacheStats]:
    """Of one service, each with a near tier, a moment after their first beat."""
    found = []
    for state in states:
        stats = CacheStats(Folders([folder / "tally"], "1-group", CACHE_CELL_MAP).join())
        stats.watch(lambda state=state: state)  # type: ignore[misc]
        stats.watch_near(lambda: NEAR)
        stats.beat()
        found.append(stats)
    return found


def test_every_process_tells_the_numbers_of_all(tmp_path: Path) -> None:
    one, other = two_processes(tmp_path, IN_USE, IN_USE)
    one.hit("near")
    other.hit("redis")
    other.missed("bypass")
    told = [stats.snapshot() for stats in (one, other)]

    for numbers in told:
        assert numbers["hits_by"] == {"near": 1, "redis": 1}
        assert numbers["total_requests"] == 3
        assert numbers["redis_enabled"] is True
        assert numbers["near"] == {"entries": 6, "bytes": 10_000}
        assert numbers["feed"]["to_mend"] == 4
        assert numbers["pool"]["waiting"] == 2
        assert numbers["processes"] == {
            "counted": 2,
            "redis_in_use": 2,
            "breaker_open": 0,
            "feed_proven": 2,
            "shared": True,
        }


def test_redis_is_in_use_while_all_processes_have_it(tmp_path: Path) -> None:
    one, other = two_processes(tmp_path, IN_USE, AWAY)

    assert one.snapshot()["redis_enabled"] is False
    assert one.snapshot()["state"] == "redis"
    assert other.snapshot()["state"] == "redis-down"
    assert one.snapshot()["processes"] == {
        "counted": 2,
        "redis_in_use": 1,
        "breaker_open": 1,
        "feed_proven": 2,
        "shared": True,
    }


def test_a_process_that_cannot_share_its_counts_says_so() -> None:
    stats = CacheStats(Board.alone(CACHE_CELL_MAP, shared=False))

    assert stats.snapshot()["processes"]["shared"] is False
    assert CacheStats().snapshot()["processes"]["shared"] is True


def test_clients_are_watched_across_processes(tmp_path: Path) -> None:
    one, other = two_processes(tmp_path, IN_USE, IN_USE)
    one.polled("job", "10.0.0.1")
    other.polled("job", "10.0.0.1")

    assert one.snapshot()["polling"]["samples"] == 1


def test_a_board_may_hold_other_numbers_besides() -> None:
    stats = CacheStats(Board.alone(CellMap(CACHE_COUNTS)))
    stats.hit("near")

    assert stats.snapshot()["hits"] == 1
