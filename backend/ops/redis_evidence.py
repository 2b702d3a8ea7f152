"""Gathers what doctor knows of Redis: who is asked, and for what, is the cache room's matter."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cache import AccountKnobs, BadRedisUrl, RedisTarget, inspect_redis, parse_redis_url
from ops.server_reading import sentinel_seen, server_seen
from ops.server_seen import LayoutSeen, SentinelSeen, ServerSeen, ShardSeen
from settings import Settings


@dataclass(frozen=True, kw_only=True)
class RedisSeen:
    """Evidence's fields about Redis, under the same names."""

    target: RedisTarget | None = None
    url_trouble: str | None = None
    layout: LayoutSeen = field(default_factory=LayoutSeen)
    servers: Sequence[ServerSeen] = ()
    sentinels: Sequence[SentinelSeen] = ()
    redis_trouble: str | None = None


async def gather_redis(settings: Settings) -> RedisSeen:
    """One look at the Redis of these settings. Never raises; about six seconds at most.

    Where the cache as a whole is switched off, Redis is looked at all the same.
    """
    try:
        target = parse_redis_url(settings.redis_url)
    except BadRedisUrl as error:
        return RedisSeen(url_trouble=str(error))
    return RedisSeen() if target is None else await _seen(target, settings)


async def _seen(target: RedisTarget, settings: Settings) -> RedisSeen:
    found = await inspect_redis(target, AccountKnobs.of(settings))
    cluster = target.topology == "cluster"
    shards = tuple(ShardSeen(primary=one, replicas=others) for one, others in found.shards)
    return RedisSeen(
        target=target,
        layout=LayoutSeen(topology=target.topology, shards=shards, trouble=found.layout_trouble),
        servers=[server_seen(one, cluster=cluster) for one in found.servers],
        sentinels=[sentinel_seen(one) for one in found.sentinels],
        redis_trouble=found.trouble,
    )
