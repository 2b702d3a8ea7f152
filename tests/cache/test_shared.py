"""The shared tier: sound values go in and come out; everything else is an outcome, counted."""

import pytest

from cache import CacheStats, Lifetimes
from cache.entry import Entry, encode, key
from cache.shared import Shared
from cache.tier import Trouble
from example_documents import a_document
from jobs import Document, new_id
from scripted_cache import ScriptedCache

NOW = 1_000_000.0


@pytest.fixture
async def cache() -> ScriptedCache:
    return ScriptedCache()


@pytest.fixture
def stats() -> CacheStats:
    return CacheStats()


@pytest.fixture
def shared(cache: ScriptedCache, stats: CacheStats) -> Shared:
    return Shared(cache, Lifetimes(moving=30.0, final=3600.0), stats)


async def put(shared: Shared, document: Document) -> Entry | Trouble | bool:
    return await shared.put(document, NOW, shared.budget())


async def get(shared: Shared, job_id: str, floor: int = 0) -> Entry | Trouble | None:
    return (await shared.get({job_id: floor}, shared.budget()))[job_id]


async def test_what_is_put_is_found(shared: Shared, stats: CacheStats) -> None:
    document = a_document(version=2)

    assert await put(shared, document) is True
    assert await get(shared, document.id) == Entry(document=document, written_at=NOW)
    assert stats.snapshot()["puts"] == {"stored": 1, "refused": 0}


async def test_the_same_version_is_not_kept_twice(shared: Shared, stats: CacheStats) -> None:
    document = a_document(version=2)
    await put(shared, document)

    assert await put(shared, document) is False
    assert stats.snapshot()["puts"] == {"stored": 1, "refused": 1}


async def test_an_older_version_is_answered_with_the_newer_one(shared: Shared) -> None:
    newer = a_document(version=3)
    await put(shared, newer)

    assert await put(shared, a_document(newer.id, 2)) == Entry(document=newer, written_at=NOW)


async def test_but_never_with_one_of_another_owner(shared: Shared) -> None:
    newer = a_document(version=3, owner="mallory")
    await put(shared, newer)

    assert await put(shared, a_document(newer.id, 2)) is False


async def test_nor_with_a_damaged_one(
    shared: Shared, cache: ScriptedCache, stats: CacheStats
) -> None:
    newer = a_document(version=3)
    cache.values[key(newer.id)] = encode(newer, NOW)[:-1]

    assert await put(shared, a_document(newer.id, 2)) is False
    assert stats.snapshot()["rejected"] == {"unreadable": 1, "foreign": 0, "future": 0}


async def test_a_job_that_is_done_is_kept_for_longer(shared: Shared, cache: ScriptedCache) -> None:
    await put(shared, a_document())
    await put(shared, a_document(done=True))

    assert cache.seconds == [30.0, 3600.0]


@pytest.mark.parametrize("reason", ["unreadable", "foreign"])
async def test_what_is_not_this_jobs_value_counts_as_nothing(
    shared: Shared, cache: ScriptedCache, stats: CacheStats, reason: str
) -> None:
    job_id = new_id(1.0)
    raw = {"unreadable": b"", "foreign": encode(a_document(), NOW)}
    cache.values[key(job_id)] = raw[reason]

    assert await get(shared, job_id) is None
    assert stats.snapshot()["rejected"][reason] == 1


async def test_a_text_that_is_no_job_id_never_reaches_the_cache(
    shared: Shared, cache: ScriptedCache
) -> None:
    cache.trouble = Trouble.TIMEOUT

    assert await get(shared, "*") is None
    assert await put(shared, a_document("*")) is False


async def test_trouble_is_passed_on(shared: Shared, cache: ScriptedCache) -> None:
    cache.trouble = Trouble.TIMEOUT

    assert await get(shared, new_id(1.0)) is Trouble.TIMEOUT
    assert await put(shared, a_document()) is Trouble.TIMEOUT


@pytest.mark.parametrize(
    ("trouble", "word"),
    [
        (Trouble.AWAY, "redis-off"),
        (Trouble.BUSY, "redis-busy"),
        (Trouble.TIMEOUT, "redis-down"),
        (Trouble.OOM, "redis-down"),
    ],
)
async def test_why_the_cache_was_passed_by(
    shared: Shared, cache: ScriptedCache, trouble: Trouble, word: str
) -> None:
    cache.enabled, cache.detail = False, "redis-off"

    assert shared.why_not(trouble) == word


async def test_one_server_of_several_that_is_away_is_told_as_redis_being_down(
    shared: Shared,
) -> None:
    assert shared.why_not(Trouble.AWAY) == "redis-down"


async def test_an_announced_value_is_of_whichever_job_it_names(
    shared: Shared, stats: CacheStats
) -> None:
    document = a_document(version=2)

    assert shared.announced(encode(document, NOW)) == Entry(document=document, written_at=NOW)
    assert shared.announced(encode(document, NOW)[:-1]) is None
    assert shared.announced(b"") is None
    assert stats.snapshot()["rejected"] == {"unreadable": 2, "foreign": 0, "future": 0}


async def test_many_are_asked_for_at_once_and_each_is_what_it_is(
    shared: Shared, cache: ScriptedCache, stats: CacheStats
) -> None:
    there, damaged, foreign, troubled, nobodys = (a_document() for _ in range(5))
    await put(shared, there)
    cache.values[key(damaged.id)] = encode(damaged, NOW)[:-1]
    cache.values[key(foreign.id)] = encode(there, NOW)
    cache.troubles[troubled.id] = Trouble.TIMEOUT
    ids = [nobodys.id, there.id, "*", damaged.id, foreign.id, troubled.id]
    found = await shared.get(dict.fromkeys(ids, 0), shared.budget())

    assert [*found] == ids
    assert [*found.values()] == [
        None,
        Entry(document=there, written_at=NOW),
        None,
        None,
        None,
        Trouble.TIMEOUT,
    ]
    assert [len(keys) for keys in cache.asked] == [5]
    assert stats.snapshot()["rejected"] == {"unreadable": 1, "foreign": 1, "future": 0}


async def test_many_are_offered_at_once_and_each_has_its_outcome(
    cache: ScriptedCache, shared: Shared
) -> None:
    first, second, third = (a_document(version=2) for _ in range(3))
    newer, strange = a_document(first.id, 3), a_document("*")
    await shared.put_many([(newer, NOW), (second, NOW)], shared.budget())
    cache.troubles[third.id] = Trouble.OOM
    fourth = a_document()
    offers = [(it, NOW) for it in (first, second, strange, third, fourth)]
    outcomes = await shared.put_many(offers, shared.budget())

    assert outcomes == {
        first.id: Entry(document=newer, written_at=NOW),
        second.id: False,
        strange.id: False,
        third.id: Trouble.OOM,
        fourth.id: True,
    }
    assert cache.pipelines == [2, 4]
    assert await shared.put_many([], shared.budget()) == {}
