"""The job engine over both databases: what is delivered arrives, what was rolled back does not."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator

import pytest

from jobs import CancelRequested, StoreUnavailable, migrate, open_database
from work import DbosEngine, NotTaken
from workshop import BACKEND, Workshop

WORKER = "w-of-this-test"


class Taken:
    """What a worker was given, and what it would not take."""

    def __init__(self) -> None:
        self.jobs: list[str] = []
        self.refused: set[str] = set()
        self.in_loop: set[asyncio.AbstractEventLoop] = set()
        self._more = asyncio.Event()

    async def perform(self, job_id: str) -> None:
        self.jobs.append(job_id)
        self.in_loop.add(asyncio.get_running_loop())
        self._more.set()
        if job_id in self.refused:
            raise NotTaken

    async def until(self, count: int) -> list[str]:
        async with asyncio.timeout(10):
            while len(self.jobs) < count:
                self._more.clear()
                await self._more.wait()
        return self.jobs


@pytest.fixture
async def taken(workshop: Workshop) -> AsyncIterator[Taken]:
    """A worker takes what is delivered while the test runs."""
    taken = Taken()
    await workshop.engine.start(WORKER, taken.perform, concurrency=4)
    yield taken
    await workshop.engine.stop()


async def test_a_job_and_its_delivery_commit_together_or_not_at_all(
    workshop: Workshop, taken: Taken
) -> None:
    async def deliver_and_fail() -> None:
        async with workshop.database.transaction() as connection:
            await workshop.engine.deliver(connection, "job_rolled_back", 0)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await deliver_and_fail()
    job = workshop.job()
    await workshop.store.create(job)  # later than the other: had that arrived, it came first

    assert await taken.until(1) == [job.id]
    assert taken.in_loop == {asyncio.get_running_loop()}


async def test_a_job_delivered_twice_arrives_twice(workshop: Workshop, taken: Taken) -> None:
    job = await workshop.create()
    await workshop.backlog.redeliver(job.id)

    assert await taken.until(2) == [job.id, job.id]


async def test_what_a_worker_did_not_take_is_recovered_for_the_next(
    workshop: Workshop, taken: Taken
) -> None:
    """As when it is killed between taking a delivery and claiming the job."""
    refused, used_up = workshop.job(), workshop.job()
    taken.refused.add(refused.id)
    for job in (refused, used_up):
        await workshop.store.create(job)
    await taken.until(2)
    patience = time.monotonic() + 10
    while (kept := await workshop.deliveries())[used_up.id] != "SUCCESS":
        assert time.monotonic() < patience, kept  # by then the other would be used up, too
    await workshop.engine.stop()
    recovered: list[str] = []

    async def redeliver(job_id: str) -> None:
        recovered.append(job_id)
        await workshop.backlog.redeliver(job_id)

    await workshop.engine.recover(WORKER, redeliver)
    await workshop.engine.recover(WORKER, redeliver)
    taken.refused.clear()
    await workshop.engine.start("the next", taken.perform, concurrency=1)

    assert kept[refused.id] == "PENDING"
    assert recovered == [refused.id]
    assert (await taken.until(3))[2] == refused.id


async def test_deliveries_that_are_used_up_are_forgotten(workshop: Workshop, taken: Taken) -> None:
    for _ in range(3):
        job = await workshop.create()
        await workshop.store.advance(job.id, CancelRequested(), now=time.time())
    await taken.until(3)
    await workshop.engine.stop()
    kept = await workshop.deliveries()
    await workshop.engine.recover(WORKER, workshop.backlog.redeliver)

    assert len(kept) == 3
    assert await workshop.deliveries() == {}


async def test_delivering_before_preparing_is_refused_and_rolled_back(database_url: str) -> None:
    database, engine = open_database(database_url), DbosEngine(database_url)
    await migrate(database)
    async with database.transaction() as connection:
        with pytest.raises(StoreUnavailable, match="starting"):
            await engine.deliver(connection, "job_too_early", 0)
    await database.close()


async def test_preparing_is_shared_by_all_who_wait_and_survives_one_who_gives_up(
    database_url: str,
) -> None:
    engine = DbosEngine(database_url)
    waiting = [asyncio.create_task(engine.prepare()) for _ in range(5)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    again = asyncio.create_task(engine.prepare())
    await asyncio.sleep(0)
    at_once = again.done()  # asks no database
    await again
    await engine.close()

    assert results[1:] == [None] * 4
    assert at_once


async def test_a_database_that_is_down_is_an_error_now_and_fine_later(
    postgres_server: object, postgres_url: str
) -> None:
    away = postgres_url.replace("127.0.0.1:", "127.0.0.1:1")
    engine = DbosEngine(away)
    with pytest.raises(StoreUnavailable):
        await engine.prepare()
    engine._url = DbosEngine(postgres_url)._url
    await engine.prepare()
    await engine.close()


def test_importing_the_room_does_not_import_the_engine() -> None:
    """The API imports this room, and must answer before it has two seconds of CPU to spare."""
    code = (
        "import sys, work; work.DbosEngine('sqlite:///never.db');"
        "sys.exit(any(name.partition('.')[0] in ('dbos', 'psycopg', 'av') for name in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", code], cwd=BACKEND, timeout=30).returncode == 0
