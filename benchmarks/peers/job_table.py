"""What the peers have in common: the jobs of the same PostgreSQL, as a model, and a count of reads.

Knows no cache. Each peer is one file beside it, with the idioms of its own README, and keys of its
own: they share one Redis.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from fastapi import APIRouter, FastAPI, HTTPException
from pydantic import BaseModel

TTL_SECONDS = 30
"""As the deployment guide has it."""


class Job(BaseModel):
    """A job's document. Serialised by pydantic, it is the same bytes as Tally's."""

    id: str
    schema_: int
    version: int
    status: str
    done: bool
    kind: str
    progress: dict[str, Any]
    created_at: str
    started_at: str | None
    updated_at: str
    finished_at: str | None
    deadline_at: str
    source: dict[str, Any]
    spec: dict[str, Any]
    outputs: list[dict[str, Any]]
    error: dict[str, Any] | None
    attempt: int
    retry_of: str | None
    metadata: dict[str, Any]
    links: dict[str, str]

    model_config = {
        "alias_generator": lambda name: name.rstrip("_"),
        "populate_by_name": True,
        "serialize_by_alias": True,
    }


class JobTable:
    """Reads jobs by id over asyncpg's pool as it comes, and counts how often."""

    def __init__(self) -> None:
        self.reads = 0
        self._pool: Any = None

    @asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(os.environ["DATABASE_URL"]) as self._pool:
            yield

    async def read(self, job_id: str) -> Job:
        """Raises HTTPException: 404."""
        self.reads += 1
        found = await self._pool.fetchval("SELECT document FROM jobs WHERE id = $1", job_id)
        if found is None:
            raise HTTPException(404)
        return Job.model_validate_json(found)


table = JobTable()
bench_routes = APIRouter()


@bench_routes.get("/livez")
@bench_routes.get("/readyz")
async def ready() -> str:
    return "ready"


@bench_routes.get("/reads")
async def reads() -> int:
    return table.reads
