"""How a target shows itself: as a URL that can be read again but for its password."""

from dataclasses import replace
from typing import Any

import pytest

from cache import BadRedisUrl, ClusterAddress, RedisAddress, SentinelAddress, parse_redis_url
from cache.redis_target import Node
from redis_url_table import VALID


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("redis://:secret@h:1/2", "redis://:***@h:1/2"),
        ("valkeys://ann:secret@[::1]", "rediss://ann:***@[::1]:6379/0"),
        ("redis://h?ssl=true", "rediss://h:6379/0"),
        ("unix:///run/r.sock?db=2", "unix:///run/r.sock?db=2"),
        ("unix:///run/%20r.sock?db=2", "unix:///run/%20r.sock?db=2"),
        ("redis://a%0Ab:secret@h", "redis://a%0Ab:***@h:6379/0"),
        ("unix://:secret@/run/r.sock", "unix://:***@/run/r.sock?db=0"),
        ("redis-sentinel://:x@a,[::1]/s", "redis+sentinel://:***@a:26379,[::1]:26379/s/0"),
        (
            "valkeys+sentinel://a/s/1?sentinel_password=secret&read=replica",
            "rediss+sentinel://a:26379/s/1?read=replica",
        ),
        ("redis://a:1,b?cluster=true", "redis+cluster://a:1,b:6379"),
        ("rediss-cluster://ann:x@a?read=replica", "rediss+cluster://ann:***@a:6379?read=replica"),
    ],
)
def test_a_target_reads_as_a_url_with_its_password_masked(url: str, text: str) -> None:
    assert str(parse_redis_url(url)) == text


@pytest.mark.parametrize("url", VALID)
def test_what_is_shown_leads_to_the_same_place(url: str) -> None:
    again = parse_redis_url(str(VALID[url]))

    assert str(again) == str(VALID[url])
    assert again is not None
    assert again.topology == VALID[url].topology


def test_a_username_is_shown_only_where_there_is_a_password() -> None:
    assert str(RedisAddress(username="ann")) == str(RedisAddress())


def test_an_ipv6_address_stands_in_brackets_before_its_port() -> None:
    assert str(Node(host="::1", port=1)) == "[::1]:1"
    assert str(Node(host="10.0.0.1", port=1)) == "10.0.0.1:1"


def test_only_limits_that_are_named_are_told() -> None:
    assert RedisAddress().limits() == {}
    assert RedisAddress(socket_timeout=0.5, max_connections=3).limits() == {
        "max_connections": 3,
        "socket_timeout": 0.5,
    }


def test_every_server_of_a_target_is_spoken_to_alike() -> None:
    node = Node(host="n", port=9)
    access: dict[str, Any] = {"username": "ann", "password": "x", "tls": True, "ca_certs": "ca.pem"}
    expected = RedisAddress(host="n", port=9, **access)
    cluster = ClusterAddress(nodes=(Node(host="a", port=1),), read="replica", **access)
    sentinel = SentinelAddress(sentinels=cluster.nodes, service="s", db=3, **access)

    assert cluster.server(node) == expected
    assert sentinel.server(node) == replace(expected, db=3)


def test_a_sentinel_is_never_shown_the_account_of_redis() -> None:
    node = Node(host="n", port=9)
    redis: dict[str, Any] = {"username": "ann", "password": "x", "tls": True}
    bare = SentinelAddress(sentinels=(node,), service="s", db=3, **redis)
    own = replace(bare, sentinel_username="bob", sentinel_password="y")

    assert bare.sentinel(node) == RedisAddress(host="n", port=9, tls=True)
    assert own.sentinel(node) == replace(bare.sentinel(node), username="bob", password="y")


def test_one_server_is_itself_whoever_is_asked_for() -> None:
    address = RedisAddress(path="/run/r.sock", db=2)

    assert address.server(Node(host="n", port=9)) is address
    assert address.reads == "primary"


def test_the_error_names_the_setting() -> None:
    assert str(BadRedisUrl("is wrong.")) == "REDIS_URL: is wrong."
