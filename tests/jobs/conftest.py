"""Both databases, migrated and empty, and the stores over them."""

from collections.abc import AsyncIterator

import pytest

from example_jobs import RecordedDelivery
from jobs import Database, SqlBacklog, SqlChanges, SqlJobs, migrate, open_database


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    database = open_database(migrated_url)
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


@pytest.fixture
async def changes(database: Database) -> AsyncIterator[SqlChanges]:
    changes = SqlChanges(database)
    yield changes
    await changes.close()
