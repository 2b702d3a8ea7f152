"""Without Redis the database is asked no more, however many poll: the outage shield.

What it is asked: the feed's beat, each job once, and four times a second and job for clients that
claim to have seen newer. Nothing in that grows with the polls.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from dev_servers import PostgresServer, RedisServer
from live.changing import Changes, changing
from live.history import examine
from live.installation import Installation
from live.observation import Committed
from live.own_process import OwnProcess
from live.phases import Shield
from live.settled import ready
from live.soak import longer, say
from live.statement_log import StatementLog
from patience import eventually, seen

SECONDS: Final = longer(5.0, 60.0)
JOBS: Final = longer(200, 1000)
CHANGES: Final = 20.0
"""Each second, of all jobs together."""
POLLS: Final = 100.0
"""Each second, before they are doubled: twice that leaves two cores some rest."""
REST: Final = 10 * SECONDS + 120
"""The changes go on until they are stopped."""
A_HANDFUL: Final = 5
"""Where hardly anything is read, a job or two that are read once more would be many percent."""

pytestmark = [pytest.mark.live, pytest.mark.soak, pytest.mark.timeout(longer(150, 900))]


@pytest.fixture
async def count(request: pytest.FixtureRequest, database_url: str) -> Callable[[], int] | None:
    """How often the server itself says that jobs were read by id; SQLite does not tell."""
    if not database_url.startswith("postgresql"):
        return None
    server: PostgresServer = request.getfixturevalue("postgres_server")
    log = StatementLog(server, database_url)
    return lambda: log.status_reads().total()


@pytest.mark.parametrize(
    "database_url", longer(["postgres"], ["sqlite", "postgres"]), indirect=True
)
@pytest.mark.parametrize("stopped", longer([True], [True, False]), ids=lambda it: f"stopped={it}")
async def test_twice_the_pollers_read_the_database_no_more(
    database_url: str,
    count: Callable[[], int] | None,
    stopped: bool,
    redis: RedisServer,
    tally: Installation,
    tmp_path: Path,
) -> None:
    """Redis is stopped, or was never named. The pollers hop over two processes, with tags."""
    tally.settings |= {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis.url if stopped else "none",
        "EMBEDDED_WORKER": "off",
        "CACHE_AUDIT_SHARE": "0",
    }
    async with jobs_that_change(tmp_path, tally, JOBS) as (changes, jobs):
        apis = [await ready(api) for api in [tally.serve(), tally.serve()]]
        if stopped:
            await asyncio.to_thread(redis.stop)
            for api in apis:
                await eventually(api.stats, lambda it: not it["redis_enabled"])
        shield = Shield(apis=apis, jobs=jobs, folder=tmp_path, count=count, seconds=SECONDS)
        warm = [await shield.polled("warm", JOBS, JOBS / SECONDS, at=[api]) for api in apis]
        once = await shield.polled("once", JOBS, POLLS)
        twice = await shield.polled("twice", 2 * JOBS, 2 * POLLS)
    timeline = list(changes.records(Committed))
    verdict = examine((*once.seen, *twice.seen), timeline)
    phases = (*warm, once, twice)
    for told in (*phases, verdict):
        say(told)

    assert once.polls >= 0.9 * POLLS * SECONDS
    assert twice.polls >= 0.9 * 2 * POLLS * SECONDS
    assert sum(change.at > twice.seen[0].began for change in timeline) > 0.8 * CHANGES * SECONDS
    assert sum(phase.reads for phase in warm) > JOBS / 10  # the feed has brought the changed ones
    assert once.reads <= 0.01 * once.polls + A_HANDFUL
    assert twice.reads <= 1.05 * once.reads + A_HANDFUL
    assert [it.counted for it in phases] in ([it.reads for it in phases], [None] * 4)
    assert verdict.violations == []


@pytest.mark.parametrize(
    "database_url", longer(["postgres"], ["sqlite", "postgres"]), indirect=True
)
async def test_made_up_floors_read_each_job_four_times_a_second_however_many_make_them_up(
    database_url: str,
    count: Callable[[], int] | None,
    tally: Installation,
    tmp_path: Path,
) -> None:
    """Few clients, then ten times as many."""
    tally.settings |= {
        "DATABASE_URL": database_url,
        "EMBEDDED_WORKER": "off",
        "CACHE_AUDIT_SHARE": "0",
    }
    async with jobs_that_change(tmp_path, tally, 5) as (_, jobs):
        api = await ready(tally.serve())
        shield = Shield(apis=[api], jobs=jobs, folder=tmp_path, count=count, seconds=SECONDS)
        few = await shield.lied_to("few", 2 * len(jobs))
        many = await shield.lied_to("many", 20 * len(jobs))
    bound = 4 * len(jobs) * SECONDS + 2 * len(jobs)  # one that was under way, and the first one
    say(f"at most {bound:.0f} reads\n{few}\n{many}")

    assert set(few.told.statuses) == set(many.told.statuses) == {200}
    assert many.polls >= 5 * few.polls
    assert 0.5 * bound <= few.reads <= bound
    assert many.reads <= min(1.05 * few.reads + A_HANDFUL, bound)
    assert (few.counted, many.counted) in ((None, None), (few.reads, many.reads))


@asynccontextmanager
async def jobs_that_change(
    folder: Path, tally: Installation, jobs: int
) -> AsyncIterator[tuple[OwnProcess, list[str]]]:
    """That many jobs, which change from now on."""
    plan = Changes(
        worker="w-1",
        database_url=tally.settings["DATABASE_URL"],
        redis_url=tally.settings["REDIS_URL"],
        jobs=jobs,
        rate=CHANGES,
        seconds=REST,
        finishing=0.1,
    )
    async with changing(folder, plan) as changes:
        made = await seen(
            lambda: {change.job for change in changes.records(Committed)},
            lambda made: len(made) == jobs,
        )
        yield changes, sorted(made)
