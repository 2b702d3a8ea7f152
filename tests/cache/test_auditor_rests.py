"""The auditor beside honest polls: it accuses nobody, rests, and disturbs no poll."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from audited_memory import Audited, Troubled, auditing
from cache import Cache, CacheStats, Lifetimes, Memory, NoCache, auditor
from cache.counted import Verdict
from example_jobs import RecordedDelivery, a_job
from jobs import Answer, Claimed, Database, Progressed, SqlChanges
from patience import until_proven

Until = Callable[[Callable[[], bool], float], Awaitable[float]]


@pytest.fixture
def truth(database: Database, delivery: RecordedDelivery) -> Troubled:
    return Troubled(database, delivery)


@pytest.fixture
def restless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Audits follow each other at once, so that a short test sees many."""
    monkeypatch.setattr(auditor, "REST_SECONDS", 0.0)


@pytest.fixture
async def near(truth: Troubled, database: Database) -> AsyncIterator[Audited]:
    """With a near tier that is proven, and no Redis."""
    cache = NoCache("redis-off", "redis is switched off.")
    async with auditing(truth, cache, CacheStats(), changes=SqlChanges(database)) as audited:
        await until_proven(audited.memory)
        yield audited


@pytest.mark.usefixtures("restless")
async def test_two_hundred_changes_by_another_process_break_no_promise(
    near: Audited, truth: Troubled, until: Until
) -> None:
    job = a_job()
    await near.memory.store.create(job)
    change = await truth.advance(job.id, Claimed(worker="w"), now=time.time())
    for step in range(200):
        event = Progressed(fence=change.job.fence, percent=step / 2, phase="encoding")
        await truth.advance(job.id, event, now=time.time())
        await near.poll(job.id)
    await until(lambda: near.found.get("kept", 0) >= 20, 5.0)

    assert set(near.found) == {"kept"}


async def test_there_is_a_rest_after_each_audit_however_many_polls_there_are(
    near: Audited, truth: Troubled, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_promised, rest = auditor.REST_SECONDS, 0.2
    monkeypatch.setattr(auditor, "REST_SECONDS", rest)
    document = await near.memory.store.create(a_job())
    before, polls, began = truth.asked, 0, time.monotonic()
    while truth.asked < before + 4:
        for _ in range(50):
            await near.poll(document.id)
        polls += 50
        await asyncio.sleep(0)

    assert time.monotonic() - began >= 3 * rest
    assert polls > 400
    assert as_promised >= 1.0


@pytest.mark.usefixtures("restless")
async def test_a_database_that_is_away_is_skipped_and_disturbs_no_poll(
    near: Audited, truth: Troubled, until: Until
) -> None:
    document = await near.memory.store.create(a_job())
    truth.down = True
    answers = [await near.poll(document.id) for _ in range(100)]
    await until(lambda: near.found.get("skipped", 0) > 0, 5.0)
    truth.down = False
    await until_kept(near, document.id, until)

    assert {answer.document for answer in answers} == {document}
    assert set(near.found) == {"skipped", "kept"}


async def until_kept(near: Audited, job_id: str, until: Until) -> None:
    await near.poll(job_id)
    await until(lambda: near.found.get("kept", 0) > 0, 5.0)


@pytest.mark.usefixtures("restless")
async def test_a_database_that_hangs_holds_one_audit_and_no_poll(
    near: Audited,
    truth: Troubled,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(auditor, "_ASK_SECONDS", 0.3)
    document = await near.memory.store.create(a_job())
    truth.hanging, before = True, truth.asked
    first = await near.poll(document.id)
    await until(lambda: truth.asked > before, 5.0)
    answers = [await near.poll(document.id) for _ in range(1000)]

    assert {answer.document for answer in (first, *answers)} == {document}
    assert truth.asked == before + 1
    await until(lambda: near.found.get("skipped", 0) > 0, 5.0)
    assert "audit" not in caplog.text


async def test_what_goes_wrong_in_an_audit_ends_no_audits(
    near: Audited, truth: Troubled, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditor, "REST_SECONDS", 0.0)
    document = await near.memory.store.create(a_job())
    with monkeypatch.context() as broken:
        broken.setattr(auditor, "judge", None)
        await near.poll(document.id)
        await until(lambda: bool(near.found), 5.0)
    await until_kept(near, document.id, until)


async def test_that_there_is_no_such_job_is_not_audited(near: Audited, until: Until) -> None:
    document, missing = await near.memory.store.create(a_job()), a_job().id
    answers = [await near.poll(missing) for _ in range(3)]
    await near.poll(document.id)  # would find the auditor busy
    await until(lambda: bool(near.found), 5.0)

    assert [(answer.hit, answer.document) for answer in answers[1:]] == [(True, None)] * 2
    assert near.found == {"kept": 1}


async def test_without_a_share_nothing_is_looked_at(
    truth: Troubled, opened: tuple[Cache, CacheStats]
) -> None:
    memory = Memory(truth, *opened)
    await memory.start()
    document = await memory.store.create(a_job())
    asked = truth.asked
    for _ in range(100):
        await memory.store.status(document.id, owner="default")
    await memory.stop()

    assert truth.asked == asked
    assert not any(opened[1].snapshot()["audit"]["outcomes"].values())


@pytest.mark.usefixtures("restless")
async def test_after_each_sample_the_next_gap_is_drawn(
    truth: Troubled, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.random", lambda: 0.5)  # every seventh, at a share of a tenth
    ends: list[Verdict] = []
    sampled: list[int] = []
    polls = 0

    def wall() -> float:
        sampled.append(polls)
        return 0.0

    def tell(verdict: Verdict, seconds: float | None) -> None:
        ends.append(verdict)

    answer = Answer(document=await truth.create(a_job()), hit=True, detail="near")
    sampler = auditor.Auditor(truth, Lifetimes(), tell, share=0.1, wall=wall)
    audits = asyncio.create_task(sampler.run())
    for _ in range(24):
        polls += 1
        sampler.served(answer)
        await until(lambda: len(ends) == len(sampled), 5.0)
        await asyncio.sleep(0.005)  # until it has rested
    audits.cancel()

    assert sampled == [7, 14, 21]
