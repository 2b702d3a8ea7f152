"""cashews with its client-side cache (`client_side=True`), else as it comes."""

import os

from cashews import cache
from fastapi import FastAPI

from benchmarks.peers.job_table import TTL_SECONDS, Job, bench_routes, table

app = FastAPI(lifespan=table.lifespan)
app.include_router(bench_routes)
cache.setup(os.environ["REDIS_URL"], client_side=True)


@app.get("/jobs/{job_id}")
@cache(ttl=TTL_SECONDS, key="job:{job_id}")
async def get_job(job_id: str) -> Job:
    return await table.read(job_id)
