"""Cache: remembers status documents so that asking costs little. Never the truth. See README.md."""

from cache.cached_jobs import CachedJobs
from cache.freshness import Lifetimes
from cache.memory import Memory, NearKnobs
from cache.no_cache import NoCache
from cache.opening import open_cache, remembering
from cache.redis_account import AccountKnobs, open_credentials
from cache.redis_cache import CACHE_TTL_SECONDS, RedisCache
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
    "CACHE_TTL_SECONDS",
    "AccountKnobs",
    "BadRedisUrl",
    "Cache",
    "CacheStats",
    "CachedJobs",
    "ClusterAddress",
    "Lifetimes",
    "Memory",
    "NearKnobs",
    "NoCache",
    "RedisAddress",
    "RedisCache",
    "RedisTarget",
    "SentinelAddress",
    "TierState",
    "get_cache_stats",
    "open_cache",
    "open_credentials",
    "parse_redis_url",
    "publish",
    "remembering",
]
