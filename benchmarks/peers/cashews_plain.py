"""cashews as its README begins: `cache.setup(url)` and `@cache(ttl=..., key=...)`."""

import os

from cashews import cache
from fastapi import FastAPI

from benchmarks.peers.job_table import TTL_SECONDS, Job, bench_routes, table

app = FastAPI(lifespan=table.lifespan)
app.include_router(bench_routes)
cache.setup(os.environ["REDIS_URL"])


@app.get("/jobs/{job_id}")
@cache(ttl=TTL_SECONDS, key="job:{job_id}")
async def get_job(job_id: str) -> Job:
    return await table.read(job_id)
