"""The auditor over a real database and a real Redis: what is planted there is found out."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from audited_memory import Audited, auditing
from cache import Cache, CacheStats, Lifetimes, Memory, NoCache
from cache.entry import encode, key
from cache.tier import Stored
from example_jobs import a_job
from jobs import (
    CancelRequested,
    Claimed,
    Database,
    Deleted,
    Document,
    SqlChanges,
    SqlJobs,
    render,
)
from patience import until_proven
from put_alone import put_alone

Until = Callable[[Callable[[], bool], float], Awaitable[float]]


@pytest.fixture
async def near(truth: SqlJobs, database: Database) -> AsyncIterator[Audited]:
    """With a near tier that is proven, and no Redis."""
    cache = NoCache("redis-off", "redis is switched off.")
    async with auditing(truth, cache, CacheStats(), changes=SqlChanges(database)) as audited:
        await until_proven(audited.memory)
        yield audited


@pytest.fixture
async def shared(truth: SqlJobs, opened: tuple[Cache, CacheStats]) -> AsyncIterator[Audited]:
    """With Redis alone; moving jobs live for five seconds."""
    async with auditing(truth, *opened, lifetimes=Lifetimes(moving=5.0)) as audited:
        yield audited


async def changed_ago(truth: SqlJobs, seconds: float) -> Document:
    """The first version of a job that was claimed so long ago."""
    then = time.time() - seconds
    first = await truth.create(a_job(now=then))
    await truth.advance(first.id, Claimed(worker="w"), now=then)
    return first


async def plant_in_redis(cache: Cache, document: Document) -> None:
    value = encode(document, time.time())
    assert await put_alone(cache, key(document.id), value) == Stored()


def plant_in_near(memory: Memory, document: Document) -> None:
    """As if the memory had forgotten what it knows, and learned the past."""
    memory.near.begin({})
    memory.near.keep(document, 0.0, memory.near.epoch)


async def test_the_past_planted_in_the_near_tier_is_found_out(
    near: Audited, truth: SqlJobs, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    past = await changed_ago(truth, 60.0)
    await until(lambda: near.memory.near.known(past.id) == 2, 5.0)
    plant_in_near(near.memory, past)
    answer = await near.poll(past.id)
    await until(lambda: bool(near.found), 5.0)

    assert (answer.hit, answer.detail, answer.document) == (True, "near", past)
    assert near.found == {"near_too_old": 1}
    (line,) = [record.getMessage() for record in caplog.records if "promise" in record.message]
    assert f"{past.id} was answered by near with version 1" in line
    assert "the database has version 2" in line


async def test_the_past_planted_in_redis_is_found_out(
    shared: Audited, truth: SqlJobs, opened: tuple[Cache, CacheStats], until: Until
) -> None:
    past = await changed_ago(truth, 60.0)
    await plant_in_redis(opened[0], past)
    answer = await shared.poll(past.id)
    await until(lambda: bool(shared.found), 5.0)

    assert (answer.hit, answer.detail, answer.document) == (True, "redis", past)
    assert shared.found == {"redis_too_old": 1}
    staleness = shared.stats.snapshot()["audit"]["staleness_seconds"]
    assert staleness["sum"] == pytest.approx(60.0, abs=5.0)
    assert (staleness["buckets"]["30.0"], staleness["buckets"]["+Inf"]) == (0, 1)


@pytest.mark.parametrize(
    ("planted", "expected"),
    [({"version": 9}, "unknown_version"), ({"body": b"{}"}, "other_bytes")],
)
async def test_what_the_database_never_said_is_found_out(
    shared: Audited,
    truth: SqlJobs,
    opened: tuple[Cache, CacheStats],
    until: Until,
    planted: dict[str, Any],
    expected: str,
) -> None:
    document = await truth.create(a_job())
    await plant_in_redis(opened[0], replace(document, **planted))
    await shared.poll(document.id)
    await until(lambda: bool(shared.found), 5.0)

    assert shared.found == {expected: 1}


async def test_a_job_that_the_database_does_not_have_is_found_out(
    shared: Audited, opened: tuple[Cache, CacheStats], until: Until
) -> None:
    document = render(a_job())
    await plant_in_redis(opened[0], document)
    await shared.poll(document.id)
    await until(lambda: bool(shared.found), 5.0)

    assert shared.found == {"unknown_version": 1}


async def test_a_job_deleted_meanwhile_is_no_broken_promise(
    shared: Audited, truth: SqlJobs, opened: tuple[Cache, CacheStats], until: Until
) -> None:
    document = await truth.create(a_job())
    await truth.advance(document.id, CancelRequested(), now=time.time())
    await truth.advance(document.id, Deleted(), now=time.time())
    await plant_in_redis(opened[0], document)
    await shared.poll(document.id)
    await until(lambda: bool(shared.found), 5.0)

    assert shared.found == {"undated": 1}
