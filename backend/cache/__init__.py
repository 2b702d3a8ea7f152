"""Cache: remembers status documents so that asking costs little. Never the truth. See README.md."""

from cache.cached_jobs import CachedJobs
from cache.certificate import Certificate
from cache.counted import CACHE_COUNTS
from cache.freshness import Lifetimes
from cache.memory import Memory, NearKnobs
from cache.no_cache import NoCache
from cache.opening import open_cache, remembering
from cache.redis_account import AccountKnobs, open_credentials
from cache.redis_answers import (
    Inspection,
    Refused,
    ServerAnswers,
    Silent,
    StrangerTold,
    TlsFacts,
    Told,
)
from cache.redis_cache import CACHE_TTL_SECONDS, RedisCache
from cache.redis_failover import Failover, FailoverRefused, fail_over
from cache.redis_info import read_info
from cache.redis_inspection import inspect_redis
from cache.redis_target import (
    BadRedisUrl,
    ClusterAddress,
    RedisAddress,
    RedisTarget,
    SentinelAddress,
)
from cache.redis_url import parse_redis_url
from cache.stats import CacheStats, get_cache_stats, publish
from cache.tier import Cache, TierState

__all__ = [
    "CACHE_COUNTS",
    "CACHE_TTL_SECONDS",
    "AccountKnobs",
    "BadRedisUrl",
    "Cache",
    "CacheStats",
    "CachedJobs",
    "Certificate",
    "ClusterAddress",
    "Failover",
    "FailoverRefused",
    "Inspection",
    "Lifetimes",
    "Memory",
    "NearKnobs",
    "NoCache",
    "RedisAddress",
    "RedisCache",
    "RedisTarget",
    "Refused",
    "SentinelAddress",
    "ServerAnswers",
    "Silent",
    "StrangerTold",
    "TierState",
    "TlsFacts",
    "Told",
    "fail_over",
    "get_cache_stats",
    "inspect_redis",
    "open_cache",
    "open_credentials",
    "parse_redis_url",
    "publish",
    "read_info",
    "remembering",
]
