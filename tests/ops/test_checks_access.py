"""Who gets into Redis is judged by how it meets a stranger, and by what our own user may do."""

from dataclasses import replace

import pytest

from example_servers import SENTINEL, found, meant, seen, server, unix, verdicts, watched
from ops.checks_access import CHECKS
from ops.server_seen import RightsSeen, Stranger, Unknown

OPEN = {"bind": "* -::*", "protected-mode": "no"}
HOME = {"bind": "127.0.0.1 -::1"}
HIDDEN = Unknown("unknown command 'CONFIG'")
PLAIN = meant("redis://10.0.0.3:6379")


def test_what_is_in_order_is_found_so_but_for_a_firewall_that_nobody_sees() -> None:
    for given in (seen(), watched()):
        told = verdicts(CHECKS, given)

        assert told.pop("redis.exposed") == "unknown"
        assert {*told.values()} == {"ok"}


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


@pytest.mark.parametrize(
    ("address", "config", "verdict"),
    [
        ("127.0.0.1", HOME, "ok"),
        ("127.0.0.1", {"bind": "::1"}, "ok"),
        ("127.0.0.1", {"bind": "127.0.0.1 10.0.0.3"}, "unknown"),
        ("127.0.0.1", {"bind": "localhost"}, "unknown"),
        ("127.0.0.1", {"bind": "* -::*", "protected-mode": "yes"}, "warn"),
        ("127.0.0.1", {"bind": "127.0.0.1 8.8.8.8"}, "warn"),
        ("127.0.0.1", HIDDEN, "unknown"),
        ("10.0.0.3", {"bind": "10.0.0.3"}, "unknown"),
        ("10.0.0.3", HOME, "unknown"),  # something in between listens for it
        ("10.0.0.3", {"bind": ""}, "warn"),
        ("10.0.0.3", {"bind": "-::*"}, "warn"),
        ("10.0.0.3", {"bind": "0.0.0.0"}, "warn"),
        ("10.0.0.3", OPEN, "warn"),
        ("10.0.0.3", HIDDEN, "unknown"),
    ],
)
def test_a_private_address_alone_is_no_secure_network(
    address: str, config: object, verdict: str
) -> None:
    one = server(addresses=(address,), config=config)

    assert verdicts(CHECKS, seen(one, target=PLAIN))["redis.exposed"] == verdict


def test_who_listens_to_everybody_and_asks_for_nothing_is_exposed() -> None:
    strangers = ("let in", "protected mode", "password", HIDDEN)
    ones = [server(stranger=stranger, config=OPEN) for stranger in strangers]
    told = [verdicts(CHECKS, seen(one, target=PLAIN))["redis.exposed"] for one in ones]

    assert told == ["fail", "warn", "warn", "warn"]


def test_a_unix_socket_is_closed_to_the_network_where_no_port_is_open() -> None:
    told = [
        verdicts(CHECKS, seen(server(addresses=(), tls=None, **more), target=unix().target))
        for more in ({"info": {"tcp_port": "0"}}, {"info": {"tcp_port": "6379"}, "config": OPEN})
    ]

    assert [one["redis.exposed"] for one in told] == ["ok", "warn"]


def test_a_sentinel_does_not_tell_where_it_listens() -> None:
    at_home = server(addresses=("127.0.0.1",), config=HOME)
    given = watched(at_home, sentinels=[replace(SENTINEL, addresses=("127.0.0.1",))])

    assert verdicts(CHECKS, given)["redis.exposed"] == "unknown"
    assert "--accept redis.exposed" in found(CHECKS, given)["redis.exposed"].fix
