"""The HTTP interface over a real SQLite store and real files, asked by a real client library."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api import Parts, create_api
from api_service import UPLOAD_LIMIT, Service
from example_jobs import RecordedDelivery
from jobs import Database, JobFiles, SqlJobs, open_database


@asynccontextmanager
async def no_lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture
async def database(migrated_sqlite_url: str) -> AsyncIterator[Database]:
    database = open_database(migrated_sqlite_url)
    yield database
    await database.close()


@pytest.fixture
def ready(database: Database) -> Callable[[], Awaitable[None]]:
    return database.ping


@pytest.fixture
async def service(
    database: Database, ready: Callable[[], Awaitable[None]], tmp_path: Path
) -> AsyncIterator[Service]:
    delivery, files = RecordedDelivery(), JobFiles(tmp_path)
    store = SqlJobs(database, delivery)
    observed: list[tuple[str, str, int]] = []
    polls: list[tuple[str, str, bool]] = []

    async def statistics() -> dict[str, object]:
        return {"redis_enabled": False, "hits": 0}

    def polled(job_id: str, client: str, *, last: bool) -> None:
        polls.append((job_id, client, last))

    def observe(route: str, method: str, status: int, seconds: float) -> None:
        observed.append((route, method, status))

    async def metrics() -> tuple[bytes, str]:
        return b"cache_hit_rate 0\n", "text/plain"

    app = create_api(
        Parts(
            store=store,
            at_hand=lambda job_id, floor: None,
            ask_soon=lambda job_id, floor, *, tell: False,
            files=files,
            upload_max_bytes=UPLOAD_LIMIT,
            deadline_seconds=60.0,
            cache_enabled=True,
            cache_statistics=statistics,
            cache_state=lambda: "down",
            ping=ready,
            is_accepting=lambda: True,
            accepting=ready,
            metrics=metrics,
            observe=observe,
            laned=lambda status, seconds: None,
            polled=polled,
            pages=(),
            lifespan=no_lifespan,
        )
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://tally") as client:
        yield Service(app, client, store, files, delivery, observed, polls)
