"""aiocache as its README shows it: `@cached(ttl=..., cache=Cache.REDIS, serializer=...)`."""

import os
from urllib.parse import urlsplit

from aiocache import Cache, cached
from aiocache.serializers import PickleSerializer
from fastapi import FastAPI

from benchmarks.peers.job_table import TTL_SECONDS, Job, bench_routes, table

app = FastAPI(lifespan=table.lifespan)
app.include_router(bench_routes)
redis = urlsplit(os.environ["REDIS_URL"])


@app.get("/jobs/{job_id}")
@cached(
    ttl=TTL_SECONDS,
    cache=Cache.REDIS,
    serializer=PickleSerializer(),
    endpoint=redis.hostname,
    port=redis.port,
    namespace="main",
)
async def get_job(job_id: str) -> Job:
    return await table.read(job_id)
