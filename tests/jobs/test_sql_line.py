"""A connection of one's own: it waits for no crowd and no frozen server, and a new one follows."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from dev_servers import PostgresServer
from jobs import Connection, Database, StoreUnavailable, migrate, open_database
from jobs.sql_line import Line

SOON = 0.9  # seconds, for what takes a few milliseconds on an idle machine
PATIENCE = 1.0
MINE = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
SLEEPING = f"SELECT 1 {MINE} AND state = 'active' AND query LIKE '%pg_sleep%'"
ALONE = f"SELECT 1 WHERE NOT EXISTS (SELECT 1 {MINE} AND query LIKE '%pg_backend_pid%')"


@pytest.fixture
async def postgres(postgres_url: str) -> AsyncIterator[Database]:
    database = open_database(postgres_url)
    await migrate(database)
    yield database
    await database.close()


@pytest.fixture
async def line(postgres: Database) -> AsyncIterator[Line]:
    line = Line(postgres)
    yield line
    await line.close()


async def backend(connection: Connection) -> int:
    """Which process of the server the connection leads to."""
    found: int = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    return found


async def sleep_long(connection: Connection) -> None:
    await connection.execute(text("SELECT pg_sleep(30)"))


async def fail(connection: Connection) -> None:
    await connection.execute(text("SELECT nonsense"))


async def seconds_until_given_up(line: Line) -> float:
    asked = time.monotonic()
    with pytest.raises((TimeoutError, StoreUnavailable)):
        async with asyncio.timeout(PATIENCE):
            await line.ask(backend)
    return time.monotonic() - asked


async def soon(database: Database, condition: str) -> bool:
    """Whether the condition has a row within five seconds."""
    for _ in range(250):
        async with database.reading() as connection:
            if (await connection.execute(text(condition))).first():
                return True
        await asyncio.sleep(0.02)
    return False


async def test_questions_use_one_connection(line: Line) -> None:
    assert await line.ask(backend) == await line.ask(backend)


async def test_a_failed_question_is_the_named_error_and_the_next_has_a_new_connection(
    line: Line,
) -> None:
    first = await line.ask(backend)

    with pytest.raises(StoreUnavailable, match="nonsense"):
        await line.ask(fail)

    assert await line.ask(backend) != first


async def test_a_slow_answer_is_not_waited_for_longer_than_its_bound(line: Line) -> None:
    asked = time.monotonic()
    with pytest.raises(StoreUnavailable):
        await line.ask(sleep_long)

    assert time.monotonic() - asked < 1.0 + SOON


async def test_a_cancelled_question_ends_at_once_and_the_next_is_answered(
    postgres: Database, line: Line
) -> None:
    first = await line.ask(backend)
    asked = asyncio.create_task(line.ask(sleep_long))
    assert await soon(postgres, SLEEPING)
    started = time.monotonic()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked

    assert await line.ask(backend) != first
    assert time.monotonic() - started < SOON


async def test_a_question_cancelled_while_it_connects_leaves_no_connection_behind(
    postgres: Database,
) -> None:
    await postgres.ping()
    line = Line(postgres)
    for turns in range(30):
        asked = asyncio.create_task(line.ask(backend))
        for _ in range(turns):
            await asyncio.sleep(0)
        asked.cancel()
        await asyncio.wait([asked])
    await line.close()

    assert await soon(postgres, ALONE)


@pytest.mark.parametrize("known", [True, False])
async def test_a_frozen_server_holds_up_neither_question_nor_close(
    postgres: Database, postgres_server: PostgresServer, known: bool
) -> None:
    line = Line(postgres)
    if known:
        await line.ask(backend)
    postgres_server.freeze()
    waited = [await seconds_until_given_up(line) for _ in range(3)]
    started = time.monotonic()
    await line.close()
    closed = time.monotonic() - started
    postgres_server.thaw()
    answer = await line.ask(backend)
    await line.close()

    assert max(waited) < PATIENCE + SOON
    assert closed < 0.5 + SOON
    assert answer


async def test_an_idle_connection_that_the_server_ends_is_replaced_unnoticed(
    postgres: Database, line: Line
) -> None:
    first = await line.ask(backend)
    async with postgres.reading() as connection:
        await connection.execute(text(f"SELECT pg_terminate_backend({first}, 2000)"))
    await postgres.ping()  # by then the loop has seen the connection end, too

    assert await line.ask(backend) != first


async def test_a_server_that_restarts_is_found_again(
    postgres_server: PostgresServer, line: Line
) -> None:
    await line.ask(backend)
    postgres_server.stop()
    with pytest.raises(StoreUnavailable):
        await line.ask(backend)
    postgres_server.start()

    assert await line.ask(backend)


async def test_closing_gives_the_connection_back_and_the_next_question_opens_another(
    postgres: Database, line: Line
) -> None:
    first = await line.ask(backend)
    await line.close()
    second = await line.ask(backend)
    await line.close()

    assert first != second
    assert await soon(postgres, ALONE)


async def test_closing_what_was_never_used_is_fine(database: Database) -> None:
    await Line(database).close()
