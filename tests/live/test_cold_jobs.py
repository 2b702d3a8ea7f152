"""Hundreds ask at once for a job that no process has seen: one database read in each of them.

Some of those who ask hang up at once, which harms nobody else.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from random import Random
from typing import Final

import pytest

from dev_servers import PostgresServer, RedisServer
from example_jobs import RecordedDelivery, a_job
from jobs import Claimed, Database, Finished, SqlJobs, migrate, open_database
from live.client import Api
from live.http_line import HttpLine
from live.installation import Installation
from live.settled import ready
from live.soak import longer, say
from live.statement_log import StatementLog
from patience import eventually

pytestmark = [pytest.mark.live, pytest.mark.soak, pytest.mark.timeout(longer(120, 600))]

POLLS: Final = 500
JOBS: Final = longer(4, 40)
LEAVING: Final = 0.2
"""The share of those who hang up once they have asked."""


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = open_database(database_url)
    await migrate(database)
    yield database
    await database.close()


@pytest.mark.parametrize(
    ("database_url", "with_redis"),
    [("sqlite", True), ("postgres", False), *longer([], [("sqlite", False), ("postgres", True)])],
    indirect=["database_url"],
)
async def test_a_cold_job_is_read_once_by_each_process_however_many_ask(
    database: Database,
    database_url: str,
    with_redis: bool,
    redis: RedisServer,
    tally: Installation,
) -> None:
    """Done before the processes start, so that they hear of it at the first poll only."""
    jobs = [await finished_job(database) for _ in range(JOBS)]
    tally.settings |= {"REDIS_URL": redis.url if with_redis else "none", "EMBEDDED_WORKER": "off"}
    apis = await two_processes(tally, database_url, redis)
    dice = Random(1)
    for job in jobs:
        before = await reads(apis)
        polls, left = await crowd_at(apis, job, dice)

        assert Counter(polls) == {200: POLLS - left}
        assert left > POLLS * LEAVING / 2
        assert await reads(apis) - before == len(apis)


@pytest.mark.parametrize("with_redis", longer([True], [True, False]))
async def test_while_the_database_is_slow_they_wait_together_and_its_log_shows_one_read_each(
    postgres_server: PostgresServer,
    postgres_url: str,
    with_redis: bool,
    redis: RedisServer,
    tally: Installation,
) -> None:
    """The table is locked until all have asked: nobody's poll can have come after the answer."""
    database = open_database(postgres_url)
    await migrate(database)
    jobs = [await finished_job(database) for _ in range(JOBS)]
    tally.settings |= {"REDIS_URL": redis.url if with_redis else "none", "EMBEDDED_WORKER": "off"}
    log = StatementLog(postgres_server, postgres_url)
    apis = await two_processes(tally, postgres_url, redis)
    dice = Random(2)
    outcomes = [await crowd_at(apis, job, dice, locked=database) for job in jobs]
    await database.close()

    assert [Counter(polls) for polls, _ in outcomes] == [
        {200: POLLS - left} for _, left in outcomes
    ]
    assert await reads(apis) == len(apis) * len(jobs)
    assert log.status_reads() == dict.fromkeys(jobs, len(apis))


async def finished_job(database: Database) -> str:
    """A job that no cache has heard of."""
    store = SqlJobs(database, RecordedDelivery())
    job = a_job()
    await store.create(job)
    claimed = await store.advance(job.id, Claimed(worker="w-1"), now=time.time())
    await store.advance(job.id, Finished(fence=claimed.job.fence), now=time.time())
    return job.id


async def two_processes(tally: Installation, database_url: str, redis: RedisServer) -> list[Api]:
    """Their feeds proven; without audits, which read the database, too. Redis is empty: should a
    feed tell once more of the jobs, as it may of what is seconds old, they were put there."""
    apis = [tally.serve(DATABASE_URL=database_url, CACHE_AUDIT_SHARE="0") for _ in range(2)]
    for api in apis:
        await ready(api)
    for api in apis:
        await eventually(api.stats, lambda told: not told["feed"]["to_mend"])
    redis.ask("FLUSHALL")
    return apis


async def reads(apis: list[Api]) -> int:
    return sum([(await api.stats())["database_reads"] for api in apis])


async def crowd_at(
    apis: list[Api], job: str, dice: Random, *, locked: Database | None = None
) -> tuple[list[int], int]:
    """The statuses of those who stayed, and how many left. All are connected before the first asks.

    `locked`: whose table of jobs nobody can read until all have asked.
    """
    ports = [int(api.http.base_url.port or 0) for api in apis]
    lines = [await HttpLine.open(ports[number % len(ports)]) for number in range(POLLS)]
    took: list[float] = []
    leaving = [line for line in lines if dice.random() < LEAVING]
    lock = nullcontext() if locked is None else jobs_locked(locked)
    async with lock:
        asks = [asyncio.create_task(timed(line, job, took)) for line in lines]
        await asyncio.sleep(0)  # each has written its request
        for line in leaving:
            line.close()
        for api in apis:  # has an answer from a loop that has seen all requests
            assert await api.status_of("/livez") == await api.status_of("/livez") == 200
    answers = await asyncio.gather(*asks, return_exceptions=True)
    gone = {id(line) for line in leaving}
    stayed = [answer for line, answer in zip(lines, answers, strict=True) if id(line) not in gone]
    for line in lines:
        line.close()
    say(f"{job}: {len(stayed)} stayed, {len(leaving)} left, the slowest {max(took) * 1e3:.0f} ms")
    return [answer if isinstance(answer, int) else 0 for answer in stayed], len(leaving)


async def timed(line: HttpLine, job: str, took: list[float]) -> int:
    began = time.monotonic()
    reply = await line.ask(f"/api/v2/jobs/{job}")
    took.append(time.monotonic() - began)
    return reply.status


@asynccontextmanager
async def jobs_locked(database: Database) -> AsyncIterator[None]:
    async with database.transaction() as connection:
        await connection.exec_driver_sql("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE")
        yield
