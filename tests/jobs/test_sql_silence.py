"""Connections to PostgreSQL that a network has dropped without a word: found out, and replaced."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from jobs import Database, SqlChanges, StoreUnavailable, migrate, open_database
from live.tcp_proxy import TcpProxy
from patience import SLACK


@pytest.fixture
async def proxied(postgres_url: str) -> AsyncIterator[tuple[Database, TcpProxy]]:
    url = make_url(postgres_url)
    with TcpProxy(url.host or "127.0.0.1", url.port or 5432) as proxy:
        there = url.set(host="127.0.0.1", port=proxy.port)
        database = open_database(there.render_as_string(hide_password=False))
        yield database, proxy
        proxy.reset()  # so that goodbyes to silent connections need not be waited for
        await database.close()


async def read(database: Database) -> float:
    """The seconds that it took."""
    began = time.monotonic()
    await database.ping()
    return time.monotonic() - began


async def fill_the_pool(database: Database) -> None:
    async def hold() -> None:
        async with database.reading() as connection:
            await connection.execute(text("SELECT pg_sleep(0.1)"))

    await asyncio.gather(*(hold() for _ in range(5)))


async def test_a_pool_of_silent_connections_costs_one_check_and_no_error(
    proxied: tuple[Database, TcpProxy],
) -> None:
    database, proxy = proxied
    await fill_the_pool(database)
    proxy.swallow_existing()
    took = [await read(database) for _ in range(5)]

    assert took[0] < 1.0 + SLACK
    assert max(took[1:]) < SLACK


async def test_a_statement_into_silence_ends_with_its_bound_and_not_later(
    proxied: tuple[Database, TcpProxy],
) -> None:
    database, proxy = proxied
    async with database.reads.connect() as connection:
        await connection.execute(text("SELECT 1"))
        proxy.swallow_existing()
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            await connection.execute(text("SELECT 1"))
    took = time.monotonic() - began

    assert 1.9 < took < 2.0 + SLACK


async def test_a_change_question_into_silence_takes_a_second_and_the_next_is_answered(
    proxied: tuple[Database, TcpProxy],
) -> None:
    database, proxy = proxied
    await migrate(database)
    changes = SqlChanges(database)
    cursor = (await changes.begin()).cursor
    proxy.swallow_existing()
    began = time.monotonic()
    with pytest.raises(StoreUnavailable):
        await changes.since(cursor)
    took = time.monotonic() - began
    news = await changes.since(cursor)
    await changes.close()

    assert took < 1.0 + SLACK
    assert not news.documents
