"""Jobs change in another process, and its timeline tells exactly what the database kept."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from dev_servers import RedisServer
from example_jobs import RecordedDelivery
from jobs import SqlBacklog, SqlJobs, open_database
from live.changing import Changes, changing
from live.observation import Committed
from patience import seen

pytestmark = pytest.mark.live

SOON = 30.0


def by_job(timeline: list[Committed]) -> dict[str, list[Committed]]:
    jobs: dict[str, list[Committed]] = defaultdict(list)
    for change in timeline:
        jobs[change.job].append(change)
    return jobs


def remembered(redis: RedisServer, jobs: Iterable[str]) -> int:
    """Of how many of the jobs the cache knows something."""
    return sum(int(redis.ask(f"EXISTS tally:job:{{{job}}}")) for job in jobs)


async def test_the_timeline_is_what_the_database_kept_and_no_sweep_would_touch_the_jobs(
    database_url: str, redis: RedisServer, tmp_path: Path
) -> None:
    plan = Changes(
        worker="w-1",
        database_url=database_url,
        redis_url=redis.url,
        jobs=5,
        rate=200,
        seconds=1.0,
        finishing=0.4,
    )
    async with changing(tmp_path, plan) as changes:
        await changes.wait(SOON)
    jobs = by_job(list(changes.records(Committed)))
    database = open_database(database_url)
    kept = [await SqlJobs(database, RecordedDelivery()).get(job, owner=None) for job in jobs]
    backlog = SqlBacklog(database, RecordedDelivery())
    in_need = [*await backlog.orphans(), *await backlog.overdue(), *await backlog.dead()]
    await database.close()

    assert len(jobs) == 5
    assert sum(len(changes) for changes in jobs.values()) > 20
    for job in kept:
        versions = [change.version for change in jobs[job.id]]
        moments = [change.at for change in jobs[job.id]]
        assert versions == list(range(1, job.version + 1))
        assert moments == sorted(moments)
        assert [change.done for change in jobs[job.id]] == [False] * (job.version - 1) + [job.done]
    assert in_need == []
    assert remembered(redis, jobs) > 0


async def test_untold_changes_are_committed_and_the_cache_never_hears_of_them(
    sqlite_url: str, redis: RedisServer, tmp_path: Path
) -> None:
    plan = Changes(
        worker="w-1",
        database_url=sqlite_url,
        redis_url=redis.url,
        jobs=2,
        rate=100,
        seconds=0.5,
        untold=1.0,
    )
    async with changing(tmp_path, plan) as changes:
        await changes.wait(SOON)
    timeline = list(changes.records(Committed))

    assert len(timeline) > 10
    assert remembered(redis, by_job(timeline)) == 0


async def test_killed_in_the_middle_it_has_noted_what_it_did(
    sqlite_url: str, tmp_path: Path
) -> None:
    plan = Changes(
        worker="w-1", database_url=sqlite_url, redis_url="none", jobs=2, rate=50, seconds=60.0
    )
    async with changing(tmp_path, plan) as changes:
        await seen(lambda: len(list(changes.records(Committed))), lambda count: count > 5)
        changes.kill()
    jobs = by_job(list(changes.records(Committed)))
    database = open_database(sqlite_url)
    kept = [await SqlJobs(database, RecordedDelivery()).get(job, owner=None) for job in jobs]
    await database.close()

    for job in kept:
        assert job.version - len(jobs[job.id]) in (0, 1)


async def test_a_plan_that_cannot_be_carried_out_fails_with_the_reason(tmp_path: Path) -> None:
    plan = Changes(
        worker="w-1", database_url="mysql://nobody", redis_url="none", jobs=1, rate=1, seconds=1.0
    )
    with pytest.raises(AssertionError, match="DATABASE_URL must be"):
        async with changing(tmp_path, plan) as changes:
            await changes.wait(SOON)
