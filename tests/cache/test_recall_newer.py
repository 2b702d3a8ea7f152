"""Recall where Redis has a higher version than the database: of this moment, or of no history."""

import pytest

from counted_store import CountedStore
from example_documents import a_document
from example_jobs import RecordedDelivery
from jobs import Database
from recall_bench import RecallBench


@pytest.fixture
async def bench(database: Database, delivery: RecordedDelivery) -> RecallBench:
    return RecallBench(CountedStore(database, delivery))


async def test_what_only_redis_has_is_of_a_history_that_was_undone(bench: RecallBench) -> None:
    _, new = await bench.two_versions()
    bench.share(a_document(new.id, new.version + 1))
    answers = [(await bench.anywhere(new.id)).answer for _ in range(2)]

    assert [answer.document for answer in answers] == [new, new]
    assert bench.stats.snapshot()["rejected"]["future"] > 0
    assert bench.near.known(new.id) == new.version


async def test_where_nothing_is_proven_the_newer_one_of_redis_is_the_answer(
    bench: RecallBench,
) -> None:
    _, new = await bench.two_versions()
    bench.proof.end()
    bench.keep(new)
    newer = a_document(new.id, new.version + 1)
    bench.share(newer)
    answer = (await bench.database(new.id)).answer

    assert (answer.document, answer.hit, answer.forward) == (newer, False, "stale")
    assert bench.near.known(new.id) == new.version
