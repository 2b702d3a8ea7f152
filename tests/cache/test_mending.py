"""Mending: what Redis should have and was not announced to have is put there, once."""

import asyncio

import pytest

from cache.entry import Entry, decode, named
from cache.tier import Trouble
from example_documents import a_document
from jobs import new_id
from mended_cache import LATE, SOON, Mended


@pytest.fixture
async def bench() -> Mended:
    return Mended()


async def test_what_is_not_announced_is_put_once_when_its_writers_time_is_over(
    bench: Mended,
) -> None:
    bench.changed(a_document(version=2))

    assert await bench.mend_after(SOON) == []
    assert await bench.mend_after(LATE) == [2]
    assert await bench.mend_after(LATE) == [2]
    assert (bench.mended, len(bench.mending)) == (1, 0)


@pytest.mark.parametrize("told_first", [True, False])
async def test_what_is_announced_is_not_put(bench: Mended, told_first: bool) -> None:
    document = a_document(version=2)
    tell = [bench.changed, bench.mending.announced]
    for told in tell if told_first else reversed(tell):
        told(document)

    assert await bench.mend_after(LATE) == []
    assert (bench.mended, len(bench.mending)) == (0, 0)


async def test_an_older_announcement_is_not_enough(bench: Mended) -> None:
    job_id = new_id(1.0)
    bench.mending.announced(a_document(job_id, 3))
    bench.mending.announced(a_document(job_id, 1))
    bench.changed(a_document(job_id, 3))
    assert len(bench.mending) == 0
    bench.changed(a_document(job_id, 4))
    bench.mending.announced(a_document(job_id, 3))

    assert await bench.mend_after(LATE) == [4]


async def test_the_newest_version_wins(bench: Mended) -> None:
    job_id = new_id(1.0)
    for version in (2, 3, 4):
        bench.changed(a_document(job_id, version))

    assert await bench.mend_after(LATE) == [4]


async def test_what_another_one_put_is_neither_counted_nor_tried_again(bench: Mended) -> None:
    document = a_document(version=2)
    bench.changed(document)
    await bench.mend_after(LATE)
    bench.changed(document)  # this process was not told that it is there

    assert await bench.mend_after(LATE) == [2, 2]
    assert (bench.mended, len(bench.mending)) == (1, 0)


async def test_a_job_that_changes_all_the_time_is_mended_too(bench: Mended) -> None:
    job_id = new_id(1.0)
    for version in range(1, 6):
        bench.changed(a_document(job_id, version))
        await bench.mend_after(0.1)

    assert len(bench.cache.puts) == 1
    assert bench.cache.puts[0] >= 2


async def test_a_change_while_its_put_is_under_way_is_mended_as_well(bench: Mended) -> None:
    job_id = new_id(1.0)
    bench.changed(a_document(job_id, 2))
    bench.pass_time(LATE)
    put = asyncio.create_task(bench.mending.mend())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    bench.changed(a_document(job_id, 3))
    await put
    assert (bench.cache.puts, len(bench.mending)) == ([2], 1)

    assert await bench.mend_after(LATE) == [2, 3]


@pytest.mark.parametrize("trouble", [Trouble.AWAY, Trouble.TIMEOUT, Trouble.OOM])
async def test_what_fails_waits_and_is_put_when_it_can_be(bench: Mended, trouble: Trouble) -> None:
    bench.changed(a_document(version=2))
    bench.cache.trouble = trouble
    await bench.mend_after(LATE)
    assert (bench.mended, len(bench.mending)) == (0, 1)
    bench.cache.trouble = None

    assert await bench.mend_after(0.0) == []  # not at once: one server of many may be away for long
    assert await bench.mend_after(1.0) == [2]


async def test_what_is_put_is_as_old_as_the_feeds_word(bench: Mended) -> None:
    document = a_document(version=2)
    bench.changed(document)
    told_at = bench.wall.now
    await bench.mend_after(7.0)
    entry = decode(bench.cache.written[0], document.id)

    assert entry == Entry(document=document, written_at=told_at)


async def test_of_several_that_are_put_together_each_is_as_old_as_its_own_word(
    bench: Mended,
) -> None:
    told = dict[str, float]()
    for _ in range(3):
        document = a_document(version=2)
        bench.changed(document)
        told[document.id] = bench.wall.now
        bench.pass_time(1.0)
    await bench.mend_after(LATE)
    entries = [decode(value, named(value)) for value in bench.cache.written]

    assert bench.cache.pipelines == [3]
    assert {it.document.id: it.written_at for it in entries if isinstance(it, Entry)} == told


async def test_a_job_told_of_again_while_its_put_is_under_way_is_let_go_by_the_next_one(
    bench: Mended,
) -> None:
    document = a_document(version=2)
    bench.changed(document)
    bench.pass_time(LATE)
    put = asyncio.create_task(bench.mending.mend())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    bench.changed(document)
    await put
    await bench.mend_after(LATE)

    assert (bench.mended, len(bench.mending)) == (1, 0)


async def test_what_was_told_before_a_restore_is_forgotten(bench: Mended) -> None:
    document = a_document(version=9)
    bench.changed(document)
    bench.mending.announced(a_document(document.id, 7))
    bench.mending.forget()

    assert await bench.mend_after(LATE) == []
    bench.changed(a_document(document.id, 1))
    assert await bench.mend_after(LATE) == [1]
