"""fastapi-cache2 as its README shows it: a `RedisBackend` and `@cache(expire=...)`."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi_cache import FastAPICache
from fastapi_cache.backends.redis import RedisBackend
from fastapi_cache.decorator import cache
from redis import asyncio as aioredis

from benchmarks.peers.job_table import TTL_SECONDS, Job, bench_routes, table


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    redis = aioredis.from_url(os.environ["REDIS_URL"])
    FastAPICache.init(RedisBackend(redis), prefix="fastapi-cache")
    async with table.lifespan(app):
        yield


app = FastAPI(lifespan=lifespan)
app.include_router(bench_routes)


@app.get("/jobs/{job_id}")
@cache(expire=TTL_SECONDS)
async def get_job(job_id: str) -> Job:
    return await table.read(job_id)
