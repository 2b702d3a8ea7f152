"""Puts one value into a cache, within the budget of one request, as the cache's tests mostly do."""

from cache import Cache
from cache.tier import Put, PutOutcome


async def put_alone(cache: Cache, key: str, value: bytes, *, seconds: float = 30.0) -> PutOutcome:
    """What became of it."""
    put = Put(key=key, value=value, seconds=seconds)
    return (await cache.put_many([put], cache.budget()))[0]
