"""The profile of a Redis hit: every way has a figure for every crowd."""

from benchmarks.redis_hit_profile import AT_ONCE, LANE, MGET, measured
from dev_servers import RedisServer


async def test_each_way_is_measured_at_each_size(redis_server: RedisServer) -> None:
    costs = await measured(redis_server, rounds=1)

    assert all(costs.by_way[way, count] > 0.0 for way in (LANE, MGET) for count in AT_ONCE)
    assert costs.page().count(LANE) == 1
