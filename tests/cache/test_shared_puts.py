"""The shared tier offered many documents: a few at a time, and no longer than the budget lasts."""

import asyncio
import time

import pytest

from cache import CacheStats, Lifetimes
from cache.entry import Entry
from cache.shared import Shared
from cache.tier import Budget, PutOutcome, Trouble
from example_documents import a_document
from scripted_cache import ScriptedCache

NOW = 1_000_000.0


@pytest.fixture
def stats() -> CacheStats:
    return CacheStats()


async def test_many_are_put_a_few_at_a_time(stats: CacheStats) -> None:
    cache = ScriptedCache()
    shared = Shared(cache, Lifetimes(), stats)
    documents = [a_document(version=2) for _ in range(23)]
    newer = a_document(documents[0].id, 3)
    await shared.put(newer, NOW, shared.budget())
    await shared.put(documents[1], NOW, shared.budget())
    outcomes = await shared.put_many(documents, NOW, shared.budget())

    assert [outcomes[document.id] for document in documents] == [
        Entry(document=newer, written_at=NOW),
        False,
        *[True] * 21,
    ]
    assert cache.most_at_once == 5
    assert await shared.put_many([], NOW, shared.budget()) == {}


class Slow(ScriptedCache):
    """Each put takes its time; none is begun without any left."""

    async def put(self, key: str, value: bytes, budget: Budget, *, seconds: float) -> PutOutcome:
        if not budget.left:
            return Trouble.AWAY
        await asyncio.sleep(0.02)
        budget.spend(0.02)
        return await super().put(key, value, budget, seconds=seconds)


async def test_what_does_not_fit_into_the_budget_is_not_put(stats: CacheStats) -> None:
    cache, budget = Slow(), Budget(0.05)
    documents = [a_document() for _ in range(100)]
    began = time.monotonic()
    outcomes = await Shared(cache, Lifetimes(), stats).put_many(documents, NOW, budget)

    assert [*outcomes.values()].count(True) == len(cache.puts) <= 15
    assert [*outcomes.values()].count(Trouble.AWAY) >= 85
    assert budget.left == 0.0
    assert time.monotonic() - began < 1.0  # one after the other it would be two seconds
