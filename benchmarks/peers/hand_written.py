"""A cache as most people write it: get, else read and setex."""

import os

from fastapi import FastAPI
from redis.asyncio import Redis

from benchmarks.peers.job_table import TTL_SECONDS, Job, bench_routes, table

app = FastAPI(lifespan=table.lifespan)
app.include_router(bench_routes)
redis = Redis.from_url(os.environ["REDIS_URL"])


@app.get("/jobs/{job_id}")
async def get_job(job_id: str) -> Job:
    cached = await redis.get(f"status:{job_id}")
    if cached:
        return Job.model_validate_json(cached)
    job = await table.read(job_id)
    await redis.setex(f"status:{job_id}", TTL_SECONDS, job.model_dump_json())
    return job
