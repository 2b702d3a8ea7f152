"""Both databases, migrated and empty, and the stores over them."""

from collections.abc import AsyncIterator

import pytest

from dev_servers import PostgresServer
from example_jobs import RecordedDelivery
from jobs import Database, SqlBacklog, SqlChanges, SqlJobs, migrate, open_database
from live.tcp_proxy import TcpProxy
from polls_ground import Ground


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


@pytest.fixture
async def ground(postgres_url: str, postgres_server: PostgresServer) -> AsyncIterator[Ground]:
    """Poll reads of three jobs through a proxy."""
    with TcpProxy("127.0.0.1", postgres_server.port) as proxy:
        ground = Ground(postgres_url, proxy)
        await ground.fill()
        yield ground
        proxy.reset()
        await ground.database.close()
        await ground.direct.close()
