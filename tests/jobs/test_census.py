"""What is told of the last count: how seldom it is asked, how long waited for, how old it is."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from jobs import Census, RecentCensus, StoreUnavailable
from jobs.census import OLDEST_SECONDS, PAUSE_SECONDS

CENSUS = Census(
    jobs={"queued": 2, "running": 1, "canceling": 0}, oldest_queued_seconds=7.0, workers_living=1
)


class Database:
    """Answers at once, unless it is away or frozen; and a clock that it does not keep."""

    def __init__(self) -> None:
        self.asked = 0
        self.now = 1000.0
        self.away = False
        self.thawed = asyncio.Event()
        self.thawed.set()

    async def take(self) -> Census:
        self.asked += 1
        await self.thawed.wait()
        if self.away:
            raise StoreUnavailable
        return CENSUS

    def clock(self) -> float:
        return self.now


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
async def recent(database: Database) -> AsyncIterator[RecentCensus]:
    recent = RecentCensus(database.take, clock=database.clock)
    yield recent
    await recent.close()


def test_before_the_first_question_nothing_is_told(recent: RecentCensus) -> None:
    assert recent.numbers() is None


async def test_the_first_question_is_answered_at_once(
    database: Database, recent: RecentCensus
) -> None:
    await recent.refresh()

    assert recent.numbers() == {
        "jobs": {"queued": 2, "running": 1, "canceling": 0},
        "oldest_queued_seconds": 7.0,
        "workers_living": 1,
        "age_seconds": 0.0,
    }


async def test_however_many_ask_the_database_is_asked_once_in_a_pause(
    database: Database, recent: RecentCensus
) -> None:
    await asyncio.gather(*(recent.refresh() for _ in range(50)))
    database.now += PAUSE_SECONDS - 0.1
    await recent.refresh()
    assert database.asked == 1

    database.now += 0.2
    await recent.refresh()
    assert database.asked == 2


async def test_a_frozen_database_holds_nobody_up_and_is_asked_by_one_question_alone(
    database: Database, recent: RecentCensus
) -> None:
    await recent.refresh()
    database.thawed.clear()
    database.now += 30.0

    began = time.monotonic()
    await recent.refresh()
    took = time.monotonic() - began
    database.now += 20.0
    await recent.refresh()

    assert took < 1.0  # it is 0.1 s; the rest is for a busy machine
    assert database.asked == 2
    numbers = recent.numbers()
    assert numbers is not None
    assert numbers["age_seconds"] == 50.0


async def test_an_answer_that_came_late_is_as_old_as_its_question(
    database: Database, recent: RecentCensus
) -> None:
    database.thawed.clear()
    await recent.refresh()
    assert recent.numbers() is None

    database.now += 3.0
    database.thawed.set()
    await recent.refresh()

    numbers = recent.numbers()
    assert numbers is not None
    assert numbers["age_seconds"] == 3.0


async def test_while_the_database_is_away_the_last_answer_grows_old_and_ends(
    database: Database, recent: RecentCensus
) -> None:
    await recent.refresh()
    database.away = True
    database.now += OLDEST_SECONDS
    await recent.refresh()
    assert recent.numbers() is not None

    database.now += 1.0
    assert recent.numbers() is None

    database.away = False
    database.now += PAUSE_SECONDS
    await recent.refresh()
    assert recent.numbers() is not None


async def test_closing_ends_a_question_under_way(database: Database, recent: RecentCensus) -> None:
    database.thawed.clear()
    await recent.refresh()
    async with asyncio.timeout(5):
        await recent.close()

    assert recent.numbers() is None
