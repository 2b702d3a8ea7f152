"""Both databases, migrated and empty, and the stores over them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from example_jobs import RecordedDelivery
from jobs import Database, SqlBacklog, SqlJobs, migrate, open_database


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/tally.db"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = open_database(database_url)
    await migrate(database)
    yield database
    await database.close()


@pytest.fixture
def delivery() -> RecordedDelivery:
    return RecordedDelivery()


@pytest.fixture
def store(database: Database, delivery: RecordedDelivery) -> SqlJobs:
    return SqlJobs(database, delivery)


@pytest.fixture
def backlog(database: Database, delivery: RecordedDelivery) -> SqlBacklog:
    return SqlBacklog(database, delivery)
