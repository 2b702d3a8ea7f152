"""FastAPI and PostgreSQL without a cache; also what stands behind nginx."""

from fastapi import FastAPI

from benchmarks.peers.job_table import Job, bench_routes, table

app = FastAPI(lifespan=table.lifespan)
app.include_router(bench_routes)


@app.get("/jobs/{job_id}")
async def get_job(job_id: str) -> Job:
    return await table.read(job_id)
