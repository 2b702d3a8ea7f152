"""Cache: remembers status documents so that asking costs little. Never the truth. See README.md."""

from cache.cached_jobs import CachedJobs
from cache.no_cache import NoCache
from cache.opening import open_cache, remembering
from cache.redis_cache import CACHE_TTL_SECONDS, RedisCache
from cache.redis_url import BadRedisUrl, RedisAddress, parse_redis_url
from cache.stats import CacheStats, get_cache_stats, publish
from cache.tier import Cache, TierState

__all__ = [
    "CACHE_TTL_SECONDS",
    "BadRedisUrl",
    "Cache",
    "CacheStats",
    "CachedJobs",
    "NoCache",
    "RedisAddress",
    "RedisCache",
    "TierState",
    "get_cache_stats",
    "open_cache",
    "parse_redis_url",
    "publish",
    "remembering",
]
