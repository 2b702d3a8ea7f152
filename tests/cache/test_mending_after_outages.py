"""Mending after an outage of Redis: bounded, a pipeline at a time, and by itself."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from cache.entry import key
from cache.tier import Trouble
from example_documents import a_document
from mended_cache import LATE, Mended


@pytest.fixture
async def bench() -> Mended:
    return Mended()


async def test_after_a_long_outage_one_pipeline_is_put_at_a_time(bench: Mended) -> None:
    for _ in range(250):
        bench.changed(a_document())

    assert await bench.mend_after(LATE) == [1] * 250
    assert bench.cache.pipelines == [100, 100, 50]
    assert bench.cache.most_at_once == 1


async def test_processes_that_were_told_the_same_put_it_in_different_orders() -> None:
    """Or each would put each job at the same time: one of them is to be first, by chance."""
    one, other = Mended(), Mended()
    documents = [a_document() for _ in range(100)]
    for bench in (one, other):
        for document in documents:
            bench.changed(document)
        await bench.mend_after(LATE)
    told = [key(document.id) for document in documents]

    assert sorted(one.cache.values) == sorted(other.cache.values) == sorted(told)
    assert [*one.cache.values] != [*other.cache.values]


async def test_what_is_not_taken_waits_and_the_rest_is_mended(bench: Mended) -> None:
    documents = [a_document() for _ in range(9)]
    for document in documents:
        bench.changed(document)
    bench.cache.troubles[documents[4].id] = Trouble.TIMEOUT
    await bench.mend_after(LATE)

    assert (bench.mended, len(bench.mending)) == (8, 1)
    bench.cache.troubles.clear()
    await bench.mend_after(1.0)
    assert (bench.mended, len(bench.mending)) == (9, 0)


async def test_what_others_put_meanwhile_is_left_out(bench: Mended) -> None:
    documents = [a_document() for _ in range(250)]
    for document in documents:
        bench.changed(document)
    bench.pass_time(LATE)
    put = asyncio.create_task(bench.mending.mend())
    await asyncio.sleep(0)
    for document in documents:
        bench.mending.announced(document)
    await put

    assert bench.cache.pipelines == [100]


async def test_when_redis_goes_away_meanwhile_the_rest_waits(bench: Mended) -> None:
    for _ in range(250):
        bench.changed(a_document())
    bench.pass_time(LATE)
    put = asyncio.create_task(bench.mending.mend())
    await asyncio.sleep(0)
    bench.cache.enabled, bench.cache.detail = False, "redis-down"
    bench.cache.trouble = Trouble.AWAY
    await put

    assert (bench.cache.pipelines, len(bench.mending)) == ([100], 250)


async def test_what_waits_is_bounded_and_so_is_what_was_announced(bench: Mended) -> None:
    first = a_document(version=2)
    bench.mending.announced(first)
    for _ in range(5_000):
        bench.mending.announced(a_document())
    bench.changed(first)  # its announcement is forgotten
    assert len(bench.mending) == 1
    documents = [a_document() for _ in range(5_000)]
    for document in documents:
        bench.changed(document)

    assert len(await bench.mend_after(LATE)) == 5_000
    assert bench.cache.values.keys() == {key(document.id) for document in documents}


async def test_where_redis_is_switched_off_nothing_waits(bench: Mended) -> None:
    bench.cache.enabled, bench.cache.detail = False, "redis-off"
    bench.changed(a_document())

    assert len(bench.mending) == 0


async def test_it_runs_by_itself_but_not_while_redis_is_away(
    bench: Mended, until: Callable[..., Awaitable[float]]
) -> None:
    bench.cache.enabled, bench.cache.detail = False, "redis-down"
    running = asyncio.create_task(bench.mending.run())
    bench.changed(a_document(version=2))
    bench.pass_time(LATE)
    await asyncio.sleep(0.12)  # two beats
    assert bench.cache.pipelines == []
    bench.cache.enabled = True
    await until(lambda: bench.cache.puts == [2], 5.0)
    running.cancel()
    await asyncio.wait([running])

    assert bench.mended == 1
