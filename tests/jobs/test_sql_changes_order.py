"""The feed of changes on PostgreSQL, where transactions begin, write and commit in any order."""

import random
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, TypeAlias

import asyncpg
import pytest

from example_jobs import RecordedDelivery, a_job
from jobs import SqlChanges, SqlJobs, migrate, open_database

Step: TypeAlias = tuple[int, str]

BEGIN = "SELECT pg_current_xact_id()"
UPDATE = "UPDATE jobs SET version = version + 1 WHERE id = $1 RETURNING version"


class Party:
    """Three transactions, each on a connection and a job of its own, and one follower."""

    def __init__(self, url: str) -> None:
        self.database = open_database(url)
        self.store = SqlJobs(self.database, RecordedDelivery())
        self.changes = SqlChanges(self.database)
        self.cursor = ""
        self._url = url
        self._connections: list[Any] = []
        self._transactions: list[Any] = [None] * 3
        self._written = [0] * 3
        self.jobs: list[str] = []

    async def gather(self) -> None:
        await migrate(self.database)
        self.jobs = [(await self.store.create(a_job())).id for _ in range(3)]
        self._connections = [await asyncpg.connect(self._url) for _ in range(3)]
        self.cursor = (await self.changes.begin()).cursor

    async def leave(self) -> None:
        for connection in self._connections:
            await connection.close()
        await self.changes.close()
        await self.database.close()

    async def step(self, who: int, what: str) -> tuple[str, int] | None:
        """Does it; the job and its version if that made a change visible."""
        if what == "begin":  # takes the transaction's id: they are in the order of these
            self._transactions[who] = self._connections[who].transaction()
            await self._transactions[who].start()
            await self._connections[who].execute(BEGIN)
        elif what == "update":
            self._written[who] = await self._connections[who].fetchval(UPDATE, self.jobs[who])
        elif what == "rollback":
            await self._transactions[who].rollback()
        else:
            await self._transactions[who].commit()
            return self.jobs[who], self._written[who]
        return None

    async def news(self) -> list[tuple[str, int]]:
        """What is told since the last question."""
        news = await self.changes.since(self.cursor)
        self.cursor = news.cursor
        return sorted((document.id, document.version) for document in news.documents)


@pytest.fixture
async def party(postgres_url: str) -> AsyncIterator[Party]:
    party = Party(postgres_url)
    await party.gather()
    yield party
    await party.leave()


def orders(remaining: Sequence[int], begun: int = 0) -> Iterator[list[int]]:
    """All orders of the steps of transactions that begin in turn: others are these, renamed."""
    if not any(remaining):
        yield []
    for who, left in enumerate(remaining):
        if left and who <= begun:
            rest = [one - (place == who) for place, one in enumerate(remaining)]
            yield from ([who, *tail] for tail in orders(rest, max(begun, who + 1)))


def plays() -> Iterator[list[Step]]:
    """Each order of begin, update and end of three transactions; in most, one is rolled back."""
    for number, order in enumerate(orders((3, 3, 3))):
        names = {who: iter(("begin", "update", "commit")) for who in range(3)}
        names[number % 4] = iter(("begin", "update", "rollback"))
        yield [(who, next(names[who])) for who in order]


async def perform(party: Party, play: Sequence[Step], asked_after: Sequence[bool]) -> None:
    """Each question tells exactly what was committed since the one before."""
    committed: list[tuple[str, int]] = []
    for (who, what), asks in zip(play, asked_after, strict=True):
        done = await party.step(who, what)
        committed += [done] if done else []
        if asks:
            assert await party.news() == sorted(committed), play
            committed = []


async def test_in_any_order_of_steps_each_change_is_told_by_the_first_question_after_its_commit(
    party: Party,
) -> None:
    count = 0
    for play in plays():
        await perform(party, play, [True] * len(play))
        count += 1

    assert count == 280


@pytest.mark.parametrize("seed", range(3))
async def test_questions_at_some_of_the_moments_tell_all_that_was_committed_between(
    party: Party, seed: int
) -> None:
    chance = random.Random(seed)
    for play in chance.sample(list(plays()), 40):
        asked_after = [chance.random() < 0.3 for _ in play[1:]]
        await perform(party, play, [*asked_after, True])


async def test_the_older_transaction_that_commits_later_is_not_missed(party: Party) -> None:
    for step in ((0, "begin"), (1, "begin"), (1, "update")):
        await party.step(*step)
    younger = await party.step(1, "commit")
    first = await party.news()
    await party.step(0, "update")
    older = await party.step(0, "commit")
    second = await party.news()

    assert first == [younger]
    assert second == [older]
    assert await party.news() == []


async def test_a_transaction_that_writes_for_long_delays_nobody_and_comes_at_its_end(
    party: Party,
) -> None:
    await party.step(0, "begin")
    await party.step(0, "update")
    for version in range(2, 6):
        await party.step(1, "begin")
        await party.step(1, "update")
        await party.step(1, "commit")
        assert await party.news() == [(party.jobs[1], version)]
        assert await party.news() == []

    done = await party.step(0, "commit")

    assert await party.news() == [done]


async def test_a_beginning_within_a_transaction_is_followed_by_its_news(party: Party) -> None:
    await party.step(0, "begin")
    await party.step(0, "update")
    beginning = await party.changes.begin()
    done = await party.step(0, "commit")
    party.cursor = beginning.cursor

    assert beginning.versions[party.jobs[0]] == 1
    assert await party.news() == [done]
