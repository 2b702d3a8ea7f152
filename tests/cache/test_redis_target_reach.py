"""What is understood but cannot be connected to stops the start; what can be is used as it says."""

from typing import Final

import pytest

from cache import BadRedisUrl, CacheStats, open_cache, parse_redis_url
from cache.redis_target_reach import reachable
from redis_url_table import CLUSTER, SENTINEL

TOPOLOGIES: Final = (
    "REDIS_URL: Sentinel and Cluster are not supported yet in this version; name one server, "
    "redis://host:6379/0."
)
CERTIFICATES: Final = (
    "REDIS_URL: ssl_certfile, ssl_keyfile and ssl_check_hostname=false are not supported yet in "
    "this version; drop them."
)
UNREACHED: Final = {
    **dict.fromkeys([*SENTINEL, *CLUSTER], TOPOLOGIES),
    "rediss://h?ssl_certfile=/me.pem": CERTIFICATES,
    "rediss://h?ssl_check_hostname=false": CERTIFICATES,
}
REACHED: Final = (
    "redis://h",
    "unix:///run/redis.sock",
    "rediss://h?ssl_ca_certs=/ca.pem",
    "rediss://h?ssl_cert_reqs=none&ssl_check_hostname=false",
)


@pytest.mark.parametrize("url", UNREACHED)
def test_a_target_out_of_reach_stops_the_start_with_one_line(url: str) -> None:
    with pytest.raises(BadRedisUrl) as refusal:
        open_cache(parse_redis_url(url), CacheStats())

    assert str(refusal.value) == UNREACHED[url]


@pytest.mark.parametrize("url", REACHED)
def test_a_target_within_reach_is_left_as_it_is(url: str) -> None:
    target = parse_redis_url(url)

    assert reachable(target) is target


def test_no_target_is_no_trouble() -> None:
    assert reachable(None) is None


def test_limits_in_the_url_win_over_the_settings_and_are_really_in_force() -> None:
    url = "redis://h?max_connections=3&socket_timeout=0.5"
    limits = open_cache(parse_redis_url(url), CacheStats(), socket_timeout=7).state().limits
    usual = open_cache(parse_redis_url("redis://h"), CacheStats()).state().limits

    assert limits == {**usual, "max_connections": 3, "socket_timeout": 0.5}
