"""A workshop on each database, and a clip that every upload in it is."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from example_jobs import RecordedDelivery
from jobs import migrate, open_database
from video import Limits, generate_sample
from work import DbosEngine
from workshop import Workshop


@pytest.fixture(scope="session")
async def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of video with sound."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    await generate_sample(path, limits=Limits())
    return path


@pytest.fixture
async def workshop(migrated_url: str, tmp_path: Path, clip: Path) -> AsyncIterator[Workshop]:
    """With a job engine; runs its test on both databases."""
    database, engine = open_database(migrated_url), DbosEngine(migrated_url)
    await migrate(database)
    await engine.prepare()
    yield Workshop(migrated_url, tmp_path, clip, database, engine, engine)
    await engine.close()
    await database.close()


@pytest.fixture
async def small_workshop(
    migrated_sqlite_url: str, tmp_path: Path, clip: Path
) -> AsyncIterator[Workshop]:
    """On SQLite, its engine not prepared: for what needs neither PostgreSQL nor deliveries."""
    database, engine = open_database(migrated_sqlite_url), DbosEngine(migrated_sqlite_url)
    yield Workshop(migrated_sqlite_url, tmp_path, clip, database, engine, RecordedDelivery())
    await engine.close()
    await database.close()
