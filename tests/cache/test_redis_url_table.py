"""Every row of the table of URLs: exactly this target, or exactly this line."""

import pytest

from cache import BadRedisUrl, RedisTarget, parse_redis_url
from redis_url_table import CLUSTER, OFF, SENTINEL, STANDALONE, VALID
from redis_url_table_refused import REFUSED


@pytest.mark.parametrize("url", VALID)
def test_a_url_that_means_something_is_understood(url: str) -> None:
    assert parse_redis_url(url) == VALID[url]


@pytest.mark.parametrize("url", OFF)
def test_empty_or_none_switches_redis_off(url: str) -> None:
    assert parse_redis_url(url) is None


@pytest.mark.parametrize("url", REFUSED, ids=ascii)
def test_nonsense_is_refused_in_one_line_that_says_what_to_do(url: str) -> None:
    with pytest.raises(BadRedisUrl) as refusal:
        parse_redis_url(url)

    assert str(refusal.value) == f"REDIS_URL: {REFUSED[url]}"
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize(
    ("rows", "topology"),
    [(STANDALONE, "standalone"), (SENTINEL, "sentinel"), (CLUSTER, "cluster")],
)
def test_each_target_names_its_topology(rows: dict[str, RedisTarget], topology: str) -> None:
    assert {target.topology for target in rows.values()} == {topology}
