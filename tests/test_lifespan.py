"""What a process does as long as it lives: it begins at once, does its chores, and ends them."""

import asyncio
import gc
import os
import re
import time
from pathlib import Path

import pytest

from built_app import living, set_bare
from jobs import JobFiles, new_id
from patience import seen
from redis_parts import begun_since
from work import DbosEngine


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_bare(monkeypatch, tmp_path)


async def test_the_first_request_waits_until_jobs_can_be_queued() -> None:
    """No second start-up step: a job posted at once is accepted once the engine is loaded."""
    async with living() as client:
        answer = await client.post(
            "/api/v2/jobs", json={"kind": "probe", "source": {"type": "sample"}}, timeout=30
        )
        poll = await client.get(answer.headers["location"])
        ready = await client.get("/readyz")

    assert answer.status_code == 202
    assert poll.json() == answer.json()
    assert re.fullmatch(
        r"tally; (hit; ttl=\d+; detail=near|fwd=bypass; detail=redis-off)",
        poll.headers["cache-status"],
    )
    assert ready.json() == {"status": "ready", "database": "up", "cache": "off"}


async def test_what_is_loaded_by_then_is_kept_from_garbage_collection_and_not_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepare, freeze, happened = DbosEngine.prepare, gc.freeze, list[str]()

    async def loaded(engine: DbosEngine) -> None:
        await prepare(engine)
        happened.append("loaded")

    def kept() -> None:
        happened.append("kept")
        freeze()

    monkeypatch.setattr(DbosEngine, "prepare", loaded)
    monkeypatch.setattr(gc, "freeze", kept)
    gc.unfreeze()  # what other services of this process have left
    async with living():
        frozen = await seen(gc.get_freeze_count)
    gc.unfreeze()

    assert (happened[0], happened.count("kept")) == ("loaded", 1)
    assert frozen > 10_000


async def test_old_files_without_a_job_are_removed(tmp_path: Path) -> None:
    files = JobFiles(tmp_path)
    old, young = (files.prepare(new_id(time.time())).parent for _ in range(2))
    os.utime(old, (0, 0))
    async with living():
        left = await seen(lambda: [*old.parent.iterdir()], lambda these: old not in these)

    assert left == [young]


async def test_nothing_that_it_began_outlives_it() -> None:
    before = asyncio.all_tasks()
    async with living():
        begun = begun_since(before)

    assert len(begun) >= 4
    assert begun_since(before) == []
