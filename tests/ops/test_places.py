"""Where a server stands is told by its addresses, and whose it is by its name or its own word."""

from dataclasses import replace

import pytest

from example_servers import PRIMARY, server
from ops.places import host_of, is_loopback_word, is_wide_word, provider, reach
from ops.server_rule import NotKnown
from ops.server_seen import Unknown


@pytest.mark.parametrize(
    ("addresses", "where"),
    [
        ((), "socket"),
        (("127.0.0.1", "::1"), "host"),
        (("127.0.0.1", "10.1.2.3"), "private"),
        (("172.18.0.2",), "private"),
        (("fd12::1",), "private"),
        (("fe80::1%eth0",), "private"),
        (("10.0.0.3", "8.8.8.8"), "internet"),
        (("2001:4860:4860::8888",), "internet"),
    ],
)
def test_the_widest_address_counts(addresses: tuple[str, ...], where: str) -> None:
    assert reach(server(addresses=addresses)) == where


@pytest.mark.parametrize(
    ("word", "wide", "loopback"),
    [
        ("*", True, False),
        ("-::*", True, False),
        ("::", True, False),
        ("0.0.0.0", True, False),
        ("8.8.8.8", True, False),
        ("10.0.0.3", False, False),
        ("localhost", False, False),
        ("127.0.0.1", False, True),
        ("-::1", False, True),
    ],
)
def test_a_word_of_bind_is_for_all_for_this_host_or_for_a_network(
    word: str, wide: bool, loopback: bool
) -> None:
    assert (is_wide_word(word), is_loopback_word(word)) == (wide, loopback)


def test_a_name_that_does_not_resolve_is_nowhere_known() -> None:
    with pytest.raises(NotKnown, match="no such name"):
        reach(server(addresses=Unknown("no such name")))


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("redis://localhost:6379/0", "localhost"),
        ("rediss://tally:***@Redis.Example.:6380/3", "redis.example"),
        ("redis://:***@[2001:db8::1]:6379/0", "2001:db8::1"),
        ("unix:///run/redis.sock?db=0", ""),
    ],
)
def test_the_host_in_a_name(name: str, host: str) -> None:
    assert host_of(name) == host


@pytest.mark.parametrize(
    ("host", "whose"),
    [
        ("video-cache.abc123.use1.cache.amazonaws.com", "ElastiCache"),
        ("redis-12345.c1.us-east-1-2.ec2.cloud.redislabs.com", "Redis Cloud"),
        ("x.eastus.redis.azure.net", "Azure Managed Redis"),
        ("redis.internal", None),
        ("evil-redis.azure.net.example", None),
    ],
)
def test_providers_are_known_by_their_names(host: str, whose: str | None) -> None:
    assert provider(replace(PRIMARY, name=f"rediss://:***@{host}:6379/0")) == whose


def test_a_server_that_names_its_provider_is_believed() -> None:
    assert provider(server(info={"os": "Amazon ElastiCache"})) == "ElastiCache"
    assert provider(server(info=Unknown("hidden"))) is None
