"""Databases that have their tables already: to make them takes longer than most tests.

Fixtures for every suite; see tests/conftest.py for the bare databases.
"""

import shutil
from pathlib import Path

import pytest

from jobs import migrate, open_database
from work import DbosEngine


@pytest.fixture(scope="session")
async def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file as a start of Tally leaves it, all tables and no job: to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "tally.db"
    database, engine = open_database(f"sqlite:///{path}"), DbosEngine(f"sqlite:///{path}")
    await migrate(database)
    await engine.prepare()
    await engine.close()
    await database.close()
    return path


@pytest.fixture
def migrated_sqlite_url(sqlite_url: str, migrated_file: Path) -> str:
    """As `sqlite_url`, with all tables: to make them would take longer than most tests."""
    shutil.copy(migrated_file, sqlite_url.removeprefix("sqlite:///"))
    return sqlite_url


@pytest.fixture
def migrated_url(request: pytest.FixtureRequest, database_url: str) -> str:
    """Each database in turn, that of SQLite with all tables."""
    if database_url.startswith("sqlite"):
        request.getfixturevalue("migrated_sqlite_url")
    return database_url
