"""The shared tier over replicas: what lags is asked of the primary, once, and counted."""

from collections.abc import Sequence

import pytest

from cache import CacheStats, Lifetimes
from cache.entry import Entry, encode, key
from cache.shared import Shared
from cache.tier import Budget, Found, Trouble
from example_documents import a_document
from jobs import Document
from scripted_cache import ScriptedCache

NOW = 1_000_000.0


class Replicated(ScriptedCache):
    """`primary_trouble` is what gets of the newest meet."""

    primary_trouble: Trouble | None = None

    async def get_many(
        self, keys: Sequence[str], budget: Budget, *, newest: bool = False
    ) -> Sequence[Found]:
        found = await super().get_many(keys, budget, newest=newest)
        return [self.primary_trouble] * len(keys) if newest and self.primary_trouble else found


class Bench:
    def __init__(self, *, replicated: bool = True) -> None:
        self.cache, self.stats = Replicated(), CacheStats()
        self.replica: dict[str, bytes] = {}
        self.cache.replica = self.replica if replicated else None
        self.shared = Shared(self.cache, Lifetimes(), self.stats)

    def has(self, primary: Document | None, replica: Document | None) -> None:
        for values, document in ((self.cache.values, primary), (self.replica, replica)):
            if document:
                values[key(document.id)] = encode(document, NOW)

    async def get(self, **floors: int) -> list[Entry | Trouble | None]:
        return [*(await self.shared.get(floors, self.shared.budget())).values()]

    @property
    def lagged(self) -> dict[str, int]:
        found: dict[str, int] = self.stats.snapshot()["replica"]
        return found


@pytest.fixture
async def bench() -> Bench:
    return Bench()


def an_entry(document: Document) -> Entry:
    return Entry(document=document, written_at=NOW)


OLD = a_document(version=2)
NEW = a_document(OLD.id, 3)


@pytest.mark.parametrize(
    ("primary", "replica", "floor", "answer", "asked", "counted"),
    [
        (NEW, NEW, 3, NEW, 1, (0, 0)),
        (NEW, OLD, 2, OLD, 1, (0, 0)),  # as new as anybody here knows of
        (NEW, OLD, 3, NEW, 2, (1, 0)),
        (NEW, None, 0, NEW, 2, (0, 1)),
        (None, None, 0, None, 2, (0, 0)),
        (OLD, OLD, 3, OLD, 2, (0, 0)),  # the primary has no more: it does not lag
        (None, OLD, 3, OLD, 2, (0, 0)),
        (OLD, NEW, 4, NEW, 2, (0, 0)),  # never older than what was there already
    ],
)
async def test_the_primary_is_asked_for_what_the_replica_lacks_and_it_is_counted_if_it_has_it(
    bench: Bench,
    primary: Document | None,
    replica: Document | None,
    floor: int,
    answer: Document | None,
    asked: int,
    counted: tuple[int, int],
) -> None:
    bench.has(primary, replica)

    assert await bench.get(**{OLD.id: floor}) == [an_entry(answer) if answer else None]
    assert len(bench.cache.asked) == asked
    assert bench.lagged == dict(zip(("behind", "empty"), counted, strict=True))


async def test_of_many_only_those_that_lag_are_asked_of_the_primary(bench: Bench) -> None:
    fresh, empty = a_document(), a_document()
    bench.has(fresh, fresh)
    bench.has(NEW, OLD)
    bench.has(empty, None)
    found = await bench.get(**{fresh.id: 1, OLD.id: 3, empty.id: 0})

    assert found == [an_entry(fresh), an_entry(NEW), an_entry(empty)]
    assert [len(keys) for keys in bench.cache.asked] == [3, 2]
    assert bench.lagged == {"behind": 1, "empty": 1}


async def test_where_the_primary_does_not_answer_what_the_replica_said_stands(
    bench: Bench,
) -> None:
    bench.has(NEW, OLD)
    bench.cache.primary_trouble = Trouble.TIMEOUT

    assert await bench.get(**{OLD.id: 3}) == [an_entry(OLD)]
    assert bench.lagged == {"behind": 0, "empty": 0}


async def test_trouble_is_no_lag(bench: Bench) -> None:
    bench.cache.trouble = Trouble.TIMEOUT

    assert await bench.get(**{OLD.id: 3}) == [Trouble.TIMEOUT]
    assert len(bench.cache.asked) == 1


async def test_where_gets_go_to_the_primary_it_is_asked_once() -> None:
    bench = Bench(replicated=False)
    bench.has(OLD, None)

    assert await bench.get(**{OLD.id: 3}) == [an_entry(OLD)]
    assert len(bench.cache.asked) == 1
