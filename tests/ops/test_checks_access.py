"""Who gets into Redis is judged by how it meets a stranger, and by what our own user may do."""

from dataclasses import replace

import pytest

from example_servers import SENTINEL, found, meant, seen, server, unix, verdicts, watched
from ops.checks_access import CHECKS
from ops.server_seen import RightsSeen, Stranger, Unknown

OPEN = {"bind": "* -::*", "protected-mode": "no"}
PLAIN = meant("redis://10.0.0.3:6379")


def test_what_is_in_order_is_found_so() -> None:
    assert {*verdicts(CHECKS, seen()).values()} == {"ok"}
    assert {*verdicts(CHECKS, watched()).values()} == {"ok"}


@pytest.mark.parametrize(
    ("stranger", "verdict"),
    [
        ("let in", "fail"),
        ("limited", "warn"),
        ("protected mode", "warn"),
        ("password", "ok"),
        ("certificate", "ok"),
    ],
)
def test_nobody_gets_in_without_a_password(stranger: Stranger, verdict: str) -> None:
    assert verdicts(CHECKS, seen(server(stranger=stranger)))["redis.password"] == verdict


def test_a_unix_socket_has_its_permissions_and_a_sentinel_has_no_data() -> None:
    socket = server(addresses=(), stranger="let in", tls=None)
    sentinel = replace(SENTINEL, stranger="let in")

    assert verdicts(CHECKS, seen(socket, target=unix().target))["redis.password"] == "warn"
    assert verdicts(CHECKS, watched(sentinels=[sentinel]))["redis.password"] == "warn"


def test_nothing_is_in_order_that_could_not_be_seen() -> None:
    hidden = Unknown("NoPermissionError: no permissions to run the 'acl|whoami' command")
    blind = server(stranger=hidden, rights=hidden, addresses=hidden)

    assert {*verdicts(CHECKS, seen(blind)).values()} == {"unknown"}


@pytest.mark.parametrize("command", ["FLUSHALL", "CONFIG", "KEYS", "SHUTDOWN"])
def test_a_right_that_is_not_needed_is_a_warning_that_names_it(command: str) -> None:
    may = {"FLUSHALL": False, "CONFIG": False, "KEYS": False, "SHUTDOWN": False, command: True}
    rights = RightsSeen(user="tally", may=may, foreign_keys=False)
    finding = found(CHECKS, seen(server(rights=rights)))["redis.rights"]

    assert (finding.verdict, finding.measured) == ("warn", f"user tally may {command}")


def test_reaching_the_keys_of_others_is_a_warning() -> None:
    rights = RightsSeen(user="default", may={"KEYS": True}, foreign_keys=True)

    assert verdicts(CHECKS, seen(server(rights=rights)))["redis.key-pattern"] == "warn"


def test_rights_that_a_server_cannot_rehearse_are_unknown() -> None:
    rights = RightsSeen(user="default", may=Unknown("unknown subcommand"), foreign_keys=False)
    told = verdicts(CHECKS, seen(server(rights=rights)))

    assert (told["redis.rights"], told["redis.key-pattern"]) == ("unknown", "ok")


@pytest.mark.parametrize(
    ("address", "stranger", "url", "verdict"),
    [
        ("127.0.0.1", "let in", "redis://localhost", "ok"),
        ("10.0.0.3", "password", "redis://10.0.0.3", "ok"),
        ("8.8.8.8", "password", "rediss://8.8.8.8", "warn"),
        ("8.8.8.8", "password", "redis://8.8.8.8", "fail"),
        ("8.8.8.8", "let in", "rediss://8.8.8.8", "fail"),
        ("2001:4860:4860::8888", "password", "redis://redis.example", "fail"),
    ],
)
def test_who_can_be_reached_from_the_internet_is_exposed(
    address: str, stranger: Stranger, url: str, verdict: str
) -> None:
    given = seen(server(addresses=("10.0.0.9", address), stranger=stranger), target=meant(url))

    assert verdicts(CHECKS, given)["redis.exposed"] == verdict


def test_who_listens_to_everybody_and_asks_for_nothing_is_exposed() -> None:
    hidden = Unknown("unknown command 'CONFIG'")
    open_ones = [
        server(stranger="let in", config=OPEN),
        server(stranger="let in"),
        server(stranger="let in", config=hidden),
        server(stranger=hidden, config=OPEN),
    ]
    told = [verdicts(CHECKS, seen(one, target=PLAIN))["redis.exposed"] for one in open_ones]

    assert told == ["fail", "ok", "unknown", "unknown"]
    assert verdicts(CHECKS, unix())["redis.exposed"] == "ok"
