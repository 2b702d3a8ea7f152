"""Calls are cancelled by the thousand, at any moment: no answer ever reaches the call of another.

A short form runs with all tests. TALLY_SOAK=1 makes it a million calls and prints the figures.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest
from redis.asyncio.connection import AbstractConnection

from cache import CacheStats, Memory, open_cache, parse_redis_url
from dev_servers import RedisServer
from example_jobs import RecordedDelivery, a_job
from jobs import JobStore, SqlJobs, migrate, open_database
from live import old_driver
from live.cancellation import Count, Load, drive
from live.soak import SOAK
from patience import seen

CI: Final = os.environ.get("CI", "").lower() in ("1", "true")
SECONDS: Final = 1200.0 if SOAK else 90.0
LOAD: Final = Load(calls=1_000_000 if SOAK else 10_000, at_once=50, cancelled=0.3, seed=1)
SLOW_LOAD: Final = replace(LOAD, calls=LOAD.calls // 5)
"""Where late answers hold places, and the database answers for them."""
MANY_JOBS: Final = 200
FEW_JOBS: Final = 5
GENEROUS: Final = 1.0
"""Seconds, for a machine that is busy with other things."""
PRODUCTION: Final = 0.05
"""Seconds: what requests may spend on Redis by default."""
LATE: Final = 0.05
"""The share of answers that come around the end of that."""

Say: TypeAlias = Callable[[str, Count], None]

pytestmark = [pytest.mark.live, pytest.mark.soak, pytest.mark.timeout(SECONDS)]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Prints what a soak is run for."""

    def said(who: str, count: Count) -> None:
        bound = "" if count.wrong else f"; wrong is less than {count.bound:.1e} of answers (95 %)"
        with capsys.disabled():
            print(f"\n{who}: {count}{bound}", flush=True)  # noqa: T201 - what was waited for

    return said if SOAK else lambda who, count: None


@pytest.fixture
async def truth(tmp_path: Path) -> AsyncIterator[JobStore]:
    database = open_database(f"sqlite:///{tmp_path}/tally.db")
    await migrate(database)
    yield SqlJobs(database, RecordedDelivery())
    await database.close()


@pytest.fixture
def stats() -> CacheStats:
    return CacheStats()


@pytest.fixture(scope="module")
def old_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the old driver is installed."""
    folder = tmp_path_factory.mktemp("old_driver")
    try:
        old_driver.install(folder)
    except old_driver.NotInstalled as error:
        reason = f"no redis-py {old_driver.VERSION}: is there a package index? {error}"
        pytest.fail(reason, pytrace=False) if CI else pytest.skip(reason)
    return folder


@asynccontextmanager
async def remembering(
    truth: JobStore, url: str, stats: CacheStats, budget: float
) -> AsyncIterator[JobStore]:
    """Without a near tier: each poll asks Redis, or shares a look that is under way."""
    cache = open_cache(parse_redis_url(url), stats, budget_seconds=budget)
    memory = Memory(truth, cache, stats)
    await memory.start()
    try:
        await seen(lambda: cache.state().enabled)
        yield memory.store
    finally:
        await memory.stop()


async def polls(store: JobStore, jobs: int, load: Load) -> Count:
    """The calls, for so many new jobs. They are in Redis from their creation on."""
    job_ids = [(await store.create(a_job())).id for _ in range(jobs)]

    async def ask(job_id: str) -> bytes | None:
        document = (await store.status(job_id, owner="default")).document
        return document.body if document else None

    return await drive(ask, job_ids, load)


@asynccontextmanager
async def late_link(server: RedisServer) -> AsyncIterator[str]:
    """A way to the server on which some answers come just before or after they are given up."""
    dice = random.Random(LOAD.seed)

    async def carry(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, late: float
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if dice.random() < late:
                    await asyncio.sleep(PRODUCTION * dice.uniform(0.8, 1.2))
                writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        replies, commands = await asyncio.open_connection("127.0.0.1", server.port)
        await asyncio.gather(carry(reader, commands, 0.0), carry(replies, writer, LATE))

    link = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        port = link.sockets[0].getsockname()[1]
        yield server.url.replace(f":{server.port}", f":{port}")
    finally:
        link.close()


@pytest.mark.parametrize("jobs", [MANY_JOBS, FEW_JOBS])
async def test_no_poll_among_cancelled_ones_gets_the_answer_of_another(
    redis: RedisServer, truth: JobStore, stats: CacheStats, jobs: int, say: Say
) -> None:
    """Of many jobs, and of a few that many callers want at once and share."""
    async with remembering(truth, redis.url, stats, GENEROUS) as store:
        count = await polls(store, jobs, LOAD)
    told = stats.snapshot()
    say(f"Tally, {jobs} jobs", count)

    assert count.calls == LOAD.calls
    assert (count.wrong, count.nothing, count.failed) == (0, 0, {})
    assert told["rejected"] == {"unreadable": 0, "foreign": 0, "future": 0}
    assert count.cancelled > 0.1 * LOAD.calls  # of 0.3: the others had their answer by then
    assert told["hits"] > 0.9 * count.answers


async def test_no_command_abandoned_at_its_deadline_leaves_its_answer_to_another(
    redis: RedisServer, truth: JobStore, stats: CacheStats, say: Say
) -> None:
    counts = []
    async with late_link(redis) as url, remembering(truth, url, stats, PRODUCTION) as store:
        while stats.snapshot()["errors"]["timeout"] < SLOW_LOAD.calls / 200:
            counts.append(await polls(store, MANY_JOBS, SLOW_LOAD))
    told = stats.snapshot()
    say(f"Tally, {told['errors']['timeout']:,} commands abandoned", counts[-1])
    for count in counts:  # a busy machine's commands are fewer, and more polls share them
        assert count.calls == SLOW_LOAD.calls
        assert (count.wrong, count.nothing, only_late(count)) == (0, 0, True)
    assert told["rejected"] == {"unreadable": 0, "foreign": 0, "future": 0}


async def test_should_a_driver_mix_answers_up_after_all_they_are_known_by_their_id(
    redis: RedisServer, truth: JobStore, stats: CacheStats, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The driver's guard is taken away: the calls find it out, and ours alone holds."""
    guarded = AbstractConnection.read_response

    async def unguarded(self: AbstractConnection, *words: Any, **named: Any) -> Any:
        return await guarded(self, *words, **{**named, "disconnect_on_error": False})

    monkeypatch.setattr(AbstractConnection, "read_response", unguarded)
    async with late_link(redis) as url, remembering(truth, url, stats, PRODUCTION) as store:
        while not stats.snapshot()["rejected"]["foreign"]:  # till it did mix some up
            count = await polls(store, MANY_JOBS, Load(calls=2_000))
            assert (count.wrong, only_late(count)) == (0, True)


def only_late(count: Count) -> bool:
    """Whether all that failed are a few for which a busy machine's database was too slow."""
    return {*count.failed} <= {"StoreUnavailable"} and count.failed.total() < count.calls / 50


def test_the_same_calls_find_the_wrong_answers_of_an_old_driver(
    redis: RedisServer, old_packages: Path, say: Say
) -> None:
    version, count = old_driver.calls(
        old_packages, redis.url, jobs=MANY_JOBS, load=LOAD, seconds=SECONDS
    )
    say(f"redis-py {version}", count)

    assert version == old_driver.VERSION
    assert count.calls == LOAD.calls
    assert count.wrong > 0
