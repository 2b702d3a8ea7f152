"""Whether jobs can be queued yet: schema first, then the engine, through outages."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jobs import Database, StoreUnavailable, open_database
from work import DbosEngine, Readiness
from work import readiness as room


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    database = open_database(f"sqlite:///{tmp_path}/tally.db")
    yield database
    await database.close()


@pytest.fixture
async def readiness(sqlite: Database, tmp_path: Path) -> AsyncIterator[Readiness]:
    engine = DbosEngine(f"sqlite:///{tmp_path}/tally.db")
    yield Readiness(sqlite, engine)
    await engine.close()


async def test_the_engine_waits_for_the_schema_and_then_jobs_can_be_queued(
    readiness: Readiness,
) -> None:
    waiting = asyncio.create_task(readiness.queueing())
    await asyncio.sleep(0)
    early = readiness.ready

    await readiness.migrate()
    await waiting

    assert (early, readiness.ready) == (False, True)
    await readiness.soon()


async def test_a_request_waits_only_so_long(
    readiness: Readiness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_LOADING_SECONDS", 0.05)

    with pytest.raises(StoreUnavailable, match="starting"):
        await readiness.soon()


async def test_a_database_that_is_away_is_waited_for_and_told_of_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(room, "_RETRY_SECONDS", 0.05)
    database = open_database("postgresql://nobody@127.0.0.1:1/nowhere")
    readiness = Readiness(database, DbosEngine("postgresql://nobody@127.0.0.1:1/nowhere"))

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(readiness.migrate(), 1.0)
    with pytest.raises(StoreUnavailable, match="does not answer"):
        await asyncio.wait_for(readiness.soon(), 1.0)  # at once: this is no start, but an outage
    await database.close()

    assert caplog.text.count("waiting for the database") == 1
    assert not readiness.ready
