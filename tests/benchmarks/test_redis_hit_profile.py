"""The profile of a Redis hit: every way has a figure for every crowd."""

from benchmarks.redis_hit_profile import AT_ONCE, BATCH, LANE, MGET, ORDINARY, PUT, measured, order
from dev_servers import RedisServer


async def test_each_way_is_measured_at_each_size(redis_server: RedisServer) -> None:
    costs = await measured(redis_server, rounds=1)

    assert all(costs.by_way[way, count] > 0.0 for way in (LANE, MGET) for count in AT_ONCE)
    assert costs.page().count(LANE) == 1


def test_the_two_ways_of_a_poll_take_turns_at_new_bytes() -> None:
    firsts = [min(order(turn).index(way) for way in (ORDINARY, LANE)) for turn in (1, 2)]

    assert [order(turn)[first] for turn, first in zip((1, 2), firsts, strict=True)] == [
        ORDINARY,
        LANE,
    ]
    assert all(order(turn)[:2] == (BATCH, PUT) for turn in (1, 2))
    assert sorted(order(1)) == sorted(order(2))
