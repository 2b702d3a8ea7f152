"""The shared tier's gets in company: who travels with whom, and within which budget."""

import asyncio
import time

import pytest

from cache import CacheStats, Lifetimes
from cache.entry import Entry, encode, key
from cache.shared import Shared
from cache.shared_gets import Kept, SharedGets
from cache.tier import Budget, Trouble
from example_documents import a_document
from jobs import Document, new_id
from scripted_cache import ScriptedCache

NOW = 1_000_000.0


class Bench:
    """`floors` are what no job's entry may be below."""

    def __init__(self, cache: ScriptedCache) -> None:
        self.cache = cache
        self.shared = Shared(cache, Lifetimes(), CacheStats())
        self.floors: dict[str, int] = {}
        self.gets = SharedGets(self.shared, lambda job_id: self.floors.get(job_id, 0))

    def some(self, count: int) -> list[Document]:
        documents = [a_document() for _ in range(count)]
        self.cache.values |= {key(it.id): encode(it, NOW) for it in documents}
        return documents

    async def get(self, job_id: str, budget: Budget | None = None) -> Kept:
        return (await self.gets.get([job_id], budget or self.shared.budget()))[job_id]

    @property
    def asked(self) -> list[int]:
        """How many keys each question had."""
        return [len(keys) for keys in self.cache.asked]


def as_it_is(kept: Kept) -> Kept:
    return kept


@pytest.fixture
async def bench() -> Bench:
    return Bench(ScriptedCache())


async def test_single_gets_of_one_turn_travel_with_what_is_only_asked(bench: Bench) -> None:
    one, two, three = bench.some(3)
    told: list[Kept] = []

    async def ask() -> bool:
        return bench.gets.ask(three.id, as_it_is, told.append)

    first, second, asked = await asyncio.gather(bench.get(one.id), bench.get(two.id), ask())

    assert asked
    assert [first, second, *told] == [
        Entry(document=it, written_at=NOW) for it in (one, two, three)
    ]
    assert bench.asked == [3]


async def test_who_has_spent_of_his_budget_shortens_nobody_elses(bench: Bench) -> None:
    one, two, hasty = bench.some(3)
    spent = bench.shared.budget()
    spent.spend(0.5 * spent.left)
    await asyncio.gather(bench.get(one.id), bench.get(hasty.id, spent), bench.get(two.id))

    assert sorted(bench.asked) == [1, 2]


async def test_a_get_in_company_spends_the_callers_budget(bench: Bench) -> None:
    (one,) = bench.some(1)
    budget = bench.shared.budget()
    whole = budget.left
    await bench.get(one.id, budget)

    assert 0.0 < budget.left < whole


async def test_many_of_one_look_up_are_a_question_of_their_own(bench: Bench) -> None:
    documents = bench.some(4)
    found = await bench.gets.get([it.id for it in documents], bench.shared.budget())

    assert [*found] == [it.id for it in documents]
    assert bench.asked == [4]


async def test_what_is_away_or_no_job_is_not_asked(bench: Bench) -> None:
    told: list[Kept] = []
    no_job = bench.gets.ask("*", as_it_is, told.append)
    bench.cache.enabled = False
    away = bench.gets.ask(new_id(1.0), as_it_is, told.append)
    await asyncio.sleep(0)

    assert (no_job, away, told) == (False, False, [])
    assert await bench.get("*") is None
    assert bench.cache.asked == []


async def test_trouble_is_told_to_everybody(bench: Bench) -> None:
    bench.cache.trouble = Trouble.TIMEOUT
    found = await asyncio.gather(bench.get(new_id(1.0)), bench.get(new_id(1.0)))

    assert [*found] == [Trouble.TIMEOUT, Trouble.TIMEOUT]


async def test_where_a_replica_is_below_the_floor_the_primary_is_asked() -> None:
    cache = ScriptedCache()
    cache.replica = {}
    bench = Bench(cache)
    (new,) = bench.some(1)
    old = a_document(new.id, 1)
    new = a_document(new.id, 2)
    cache.values[key(new.id)] = encode(new, NOW)
    cache.replica[key(old.id)] = encode(old, NOW)

    assert await bench.get(old.id) == Entry(document=old, written_at=NOW)
    bench.floors[old.id] = 2
    assert await bench.get(old.id) == Entry(document=new, written_at=NOW)


@pytest.mark.parametrize("trouble", [None, Trouble.TIMEOUT])
@pytest.mark.parametrize("kept", [True, False], ids=["refused", "absent"])
async def test_what_is_begun_because_redis_had_nothing_of_use_does_not_ask_it_again(
    bench: Bench, trouble: Trouble | None, kept: bool
) -> None:
    """From the fast lane to the ordinary way it is one request still, with one budget."""
    wanted, other = new_id(1.0), new_id(1.0)
    if kept:
        (document,) = bench.some(1)
        wanted = document.id
    bench.cache.trouble = trouble
    budget = bench.shared.budget()
    whole = budget.left
    begun: asyncio.Queue[asyncio.Task[Kept]] = asyncio.Queue()

    async def look_up() -> list[Kept]:
        first = await bench.get(wanted, budget)
        return [first, await bench.get(wanted)]  # a request behind it, begun in its context

    def begin(answer: None) -> None:
        begun.put_nowait(asyncio.create_task(bench.get(other)))
        begun.put_nowait(asyncio.create_task(look_up()))  # type: ignore[arg-type]

    bench.gets.ask(wanted, lambda kept: None, begin)
    second, first = [await begun.get() for _ in range(2)]
    found = [await first, await second]

    expected = Entry(document=document, written_at=NOW) if kept and not trouble else trouble
    assert found == [[expected, expected], trouble]
    asked = [str(one) for keys in bench.cache.asked for one in keys]
    assert sorted(asked) == sorted([key(wanted), key(wanted), key(other)])
    assert 0.0 < budget.left < whole


async def test_what_redis_said_a_while_ago_is_asked_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = bench.some(1)
    begun: asyncio.Queue[asyncio.Task[Kept]] = asyncio.Queue()
    real, passed = time.monotonic, [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: real() + passed[-1])

    def begin(answer: None) -> None:
        passed.append(0.2)
        begun.put_nowait(asyncio.create_task(bench.get(one.id)))

    bench.gets.ask(one.id, lambda kept: None, begin)
    await (await begun.get())

    assert bench.asked == [1, 1]


async def test_who_was_answered_leaves_nothing_to_what_begins_there(bench: Bench) -> None:
    (one,) = bench.some(1)
    begun: asyncio.Queue[asyncio.Task[Kept]] = asyncio.Queue()
    bench.gets.ask(
        one.id, as_it_is, lambda kept: begun.put_nowait(asyncio.create_task(bench.get(one.id)))
    )
    await (await begun.get())

    assert bench.asked == [1, 1]


async def test_who_waits_is_told_also_if_judging_fails(bench: Bench) -> None:
    (one,) = bench.some(1)
    told: asyncio.Queue[Kept] = asyncio.Queue()

    def judge(kept: Kept) -> Kept:
        raise RuntimeError("judging failed")

    bench.gets.ask(one.id, judge, told.put_nowait)

    assert await told.get() is None
