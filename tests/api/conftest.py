"""The HTTP interface over a real SQLite store and real files, asked by a real client library."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from api import create_api
from api_service import Service, still_parts
from example_jobs import RecordedDelivery
from jobs import Database, JobFiles, SqlJobs, open_database


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

    def polled(job_id: str, client: str, last: bool) -> None:
        polls.append((job_id, client, last))

    def observe(route: str, method: str, status: int, seconds: float) -> None:
        observed.append((route, method, status))

    async def metrics() -> tuple[bytes, str]:
        return b"cache_hit_rate 0\n", "text/plain"

    app = create_api(
        still_parts(
            store,
            files,
            cache_statistics=statistics,
            ping=ready,
            accepting=ready,
            metrics=metrics,
            observe=observe,
            polled=polled,
        )
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://tally") as client:
        yield Service(app, client, store, files, delivery, observed, polls)
