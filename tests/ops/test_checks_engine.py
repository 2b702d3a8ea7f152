"""The server itself is judged: its version, what it writes to disk, and how many it lets in."""

from dataclasses import replace

import pytest

from example_servers import INFO, PRIMARY, found, seen, server, verdicts, without
from ops.checks_engine import CHECKS
from ops.server_seen import Unknown

HIDDEN = Unknown("unknown command 'CONFIG'")


def judged(check: str, config: object = None, **info: str) -> str:
    one = server(info=info, **({"config": config} if config is not None else {}))
    return verdicts(CHECKS, seen(one))[check]


def test_what_is_in_order_is_found_so() -> None:
    assert {*verdicts(CHECKS, seen()).values()} == {"ok"}


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({"redis_version": "8.4.2"}, "ok"),
        ({"redis_version": "7.2.13"}, "ok"),
        ({"redis_version": "7.0.15"}, "warn"),
        ({"redis_version": "6.2.21"}, "warn"),
        ({"redis_version": "6.0.20"}, "fail"),
        ({"redis_version": "255.255.255"}, "ok"),
        ({"redis_version": "7.2.4", "valkey_version": "9.0.1"}, "ok"),
        ({"redis_version": "unstable"}, "unknown"),
    ],
)
def test_a_version_is_new_enough_and_still_mended(told: dict[str, str], verdict: str) -> None:
    assert judged("redis.version", **told) == verdict


@pytest.mark.parametrize(
    ("config", "info", "verdict"),
    [
        ({"save": "3600 1 300 100"}, {}, "warn"),
        ({}, {"aof_enabled": "1"}, "warn"),
        ({}, {"rdb_last_bgsave_status": "err"}, "fail"),
        ({"stop-writes-on-bgsave-error": "no"}, {"rdb_last_bgsave_status": "err"}, "warn"),
        ({}, {"aof_enabled": "1", "aof_last_write_status": "err"}, "fail"),
        (HIDDEN, {}, "unknown"),
        (HIDDEN, {"aof_enabled": "1"}, "warn"),
        (HIDDEN, {"rdb_last_bgsave_status": "err"}, "fail"),
    ],
)
def test_a_cache_writes_nothing_to_disk(config: object, info: dict[str, str], verdict: str) -> None:
    assert judged("redis.persistence", config, **info) == verdict


@pytest.mark.parametrize(
    ("connected", "verdict"), [("80", "ok"), ("81", "warn"), ("95", "warn"), ("96", "fail")]
)
def test_there_is_room_for_more_clients(connected: str, verdict: str) -> None:
    assert judged("redis.clients", maxclients="100", connected_clients=connected) == verdict


def test_clients_turned_away_while_we_look_are_a_failure() -> None:
    full = server(info_later={"rejected_connections": "3"})

    assert verdicts(CHECKS, seen(full))["redis.clients"] == "fail"
    assert "3 turned away" in found(CHECKS, seen(full))["redis.clients"].measured


def test_maxclients_may_be_told_by_either() -> None:
    older = replace(PRIMARY, info=without(INFO, "maxclients"), config={"maxclients": "100"})
    silent = replace(older, config=HIDDEN)

    assert verdicts(CHECKS, seen(older))["redis.clients"] == "ok"
    assert verdicts(CHECKS, seen(silent))["redis.clients"] == "unknown"
