"""Who shares a Redis with the cache is found in a sample of its keys, and by INFO."""

import pytest

from example_servers import found, seen, server, verdicts
from ops.checks_sharing import CHECKS
from ops.server_seen import KeysSeen, Unknown


def holding(foreign: int, policy: str = "allkeys-lru", **info: str) -> dict[str, str]:
    keys = KeysSeen(sampled=100, foreign=foreign, foreign_names=("bull",), without_ttl=0)
    return verdicts(CHECKS, seen(server(keys=keys, info={"maxmemory_policy": policy, **info})))


def test_what_is_in_order_is_found_so() -> None:
    assert {*verdicts(CHECKS, seen()).values()} == {"ok"}


@pytest.mark.parametrize(
    ("foreign", "policy", "verdict"),
    [
        (5, "allkeys-lru", "ok"),
        (5, "noeviction", "ok"),
        (6, "allkeys-lru", "warn"),
        (6, "noeviction", "fail"),
        (100, "noeviction", "fail"),
    ],
)
def test_a_neighbour_is_a_warning_and_a_queue_a_failure(
    foreign: int, policy: str, verdict: str
) -> None:
    assert holding(foreign, policy)["redis.shared"] == verdict


def test_keys_in_other_databases_are_neighbours_too() -> None:
    assert holding(0, db1="keys=40,expires=0")["redis.shared"] == "ok"
    assert holding(0, db1="keys=60,expires=0")["redis.shared"] == "warn"


def test_it_says_how_the_names_of_neighbours_begin() -> None:
    keys = KeysSeen(sampled=10, foreign=9, foreign_names=("bull", "celery"), without_ttl=0)

    assert "(bull, celery)" in found(CHECKS, seen(server(keys=keys)))["redis.shared"].measured


def test_a_key_of_ours_without_a_lifetime_fails() -> None:
    keys = KeysSeen(sampled=10, foreign=2, without_ttl=1)
    finding = found(CHECKS, seen(server(keys=keys)))["redis.ttl"]

    assert (finding.verdict, finding.measured) == ("fail", "1 of 8 have none")


def test_an_empty_server_is_in_order_and_an_unseen_one_unknown() -> None:
    nothing = KeysSeen(sampled=0, foreign=0, without_ttl=0)
    hidden = Unknown("unknown command 'SCAN'")
    empty = server(keys=nothing, info={"db0": ""})

    assert {*verdicts(CHECKS, seen(empty)).values()} == {"ok"}
    assert {*verdicts(CHECKS, seen(server(keys=hidden))).values()} == {"unknown"}
