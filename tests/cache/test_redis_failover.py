"""A failover is asked for and waited for, or refused in one line."""

from dataclasses import replace

import pytest

from cache import FailoverRefused, SentinelAddress, fail_over, parse_redis_url
from dev_servers import RedisCluster, RedisSentinels, RedisServer, free_port
from patience import seen


async def test_the_sentinels_make_a_replica_the_primary(sentinels: RedisSentinels) -> None:
    old = sentinels.primary
    target = parse_redis_url(sentinels.url)
    assert target is not None
    asked: list[bool] = []
    done = await fail_over(target, asked=lambda: asked.append(True))

    assert asked == [True]
    assert sentinels.primary is not old
    assert done.before == f"redis://127.0.0.1:{old.port}/0"
    assert done.after == f"redis://127.0.0.1:{sentinels.primary.port}/0"
    assert 0 < done.seconds < 30


async def test_in_a_cluster_the_replica_of_the_first_shard_becomes_its_primary(
    cluster: RedisCluster,
) -> None:
    old = cluster.primary_of(0)
    target = parse_redis_url(cluster.url)
    assert target is not None
    done = await fail_over(target)

    await seen(lambda: cluster.primary_of(0) is not old)  # as one tells it who may hear of it later
    assert done.before == f"redis://127.0.0.1:{old.port}/0"
    assert done.after == f"redis://127.0.0.1:{cluster.primary_of(0).port}/0"


async def test_one_server_has_nobody_to_take_its_place(redis_server: RedisServer) -> None:
    target = parse_redis_url(redis_server.url)
    assert target is not None
    with pytest.raises(FailoverRefused, match="names one server"):
        await fail_over(target)


async def test_sentinels_that_watch_no_such_service_refuse(sentinels: RedisSentinels) -> None:
    target = parse_redis_url(sentinels.url)
    assert isinstance(target, SentinelAddress)
    with pytest.raises(FailoverRefused, match="nobody tells who the primary is"):
        await fail_over(replace(target, service="nosuchmaster"))


@pytest.mark.parametrize("kind", ["redis+sentinel://{}/mymaster/0", "redis+cluster://{}"])
async def test_where_nobody_listens_the_reason_is_one_line(kind: str) -> None:
    target = parse_redis_url(kind.format(f"127.0.0.1:{free_port()}"))
    assert target is not None
    with pytest.raises(FailoverRefused, match="nobody tells who the primary is"):
        await fail_over(target)


async def test_without_a_replica_the_sentinels_refuse(sentinels: RedisSentinels) -> None:
    target = parse_redis_url(sentinels.url)
    assert target is not None
    old = sentinels.primary
    for replica in sentinels.replicas:
        replica.kill()
    await seen(lambda: all(one.misses_replicas() for one in sentinels.sentinels))
    with pytest.raises(FailoverRefused, match=r"the Sentinels refuse: .*NOGOODSLAVE"):
        await fail_over(target)

    assert sentinels.primary is old
