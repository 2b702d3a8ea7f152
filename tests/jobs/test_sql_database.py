"""Opening and migrating both databases, and what becomes of their errors."""

import time
from pathlib import Path

import pytest
from sqlalchemy import text

from dev_servers import PostgresServer
from jobs import BadDatabaseUrl, Database, StoreUnavailable, migrate, open_database


async def test_sqlite_runs_in_wal_mode(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    await migrate(database)
    async with database.reading() as connection:
        mode = (await connection.execute(text("PRAGMA journal_mode"))).scalar()
    await database.close()

    assert mode == "wal"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "mysql://h/d",
        "postgresql://u:p@h:port/d",
        "sqlite://",
        "sqlite:///:memory:",
        "redis://h",
    ],
)
def test_a_url_that_cannot_be_a_database_is_refused_with_the_forms_that_can(url: str) -> None:
    with pytest.raises(BadDatabaseUrl, match="sqlite:///path/to/file or postgresql://"):
        open_database(url)


async def test_a_database_that_does_not_answer_is_one_named_error() -> None:
    database = open_database("postgresql://nobody@127.0.0.1:1/nowhere")

    with pytest.raises(StoreUnavailable):
        await database.ping()
    with pytest.raises(StoreUnavailable):
        await migrate(database)
    await database.close()


async def test_a_failing_transaction_leaves_nothing_behind(database: Database) -> None:
    async def insert_and_break() -> None:
        async with database.transaction() as connection:
            await connection.execute(text("INSERT INTO workers VALUES ('w', 1)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await insert_and_break()

    async with database.reading() as connection:
        count = (await connection.execute(text("SELECT count(*) FROM workers"))).scalar()
    assert count == 0


def test_an_unwritable_folder_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(BadDatabaseUrl, match="cannot be made"):
        open_database(f"sqlite:///{tmp_path}/file/tally.db")


def test_the_usual_spelling_of_tls_is_understood_and_nonsense_refused() -> None:
    database = open_database("postgresql://u:p@h/d?sslmode=require")

    assert database.writes.url.query == {"ssl": "require"}
    with pytest.raises(BadDatabaseUrl, match="has an unknown option"):
        open_database("postgresql://u:p@h/d?speed=high")


@pytest.mark.timeout(60)
async def test_a_frozen_database_is_an_error_within_bounds_and_works_again(
    postgres_url: str, postgres_server: PostgresServer
) -> None:
    database = open_database(postgres_url)
    await database.ping()

    postgres_server.freeze()
    asked = time.monotonic()
    with pytest.raises(StoreUnavailable):
        await database.ping()
    waited = time.monotonic() - asked
    postgres_server.thaw()
    await database.ping()
    await database.close()

    assert waited < 20


async def test_a_frozen_process_cannot_keep_row_locks_for_ever(postgres_url: str) -> None:
    database = open_database(postgres_url)
    async with database.transaction() as connection:
        bound = await connection.execute(text("SHOW idle_in_transaction_session_timeout"))
        bounded = bound.scalar()
    await database.close()

    assert bounded == "15s"
