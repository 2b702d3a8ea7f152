"""The crowd asks as planned and tells exactly what it was answered, however the service behaves."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import pairwise
from pathlib import Path

import pytest

from live.crowd import Plan, poll_all
from live.crowd_process import a_crowd
from live.history import examine
from live.observation import Observation
from live.stand_in_api import StandIn, cut_short, no_json, nonsense, reply, standing_in
from patience import seen

Serve = Callable[..., Awaitable[StandIn]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """`await serve(answer)` starts a stand-in; all end with the test."""
    async with AsyncExitStack() as servers:
        yield lambda *answer: servers.enter_async_context(standing_in(*answer))


async def observed(*ports: int, **plan: object) -> list[Observation]:
    """What three pollers of two jobs saw in 0.3 s at 100 polls a second, unless planned else."""
    usual = {"name": "c", "jobs": ["a", "b"], "pollers": 3, "rate": 100.0, "seconds": 0.3}
    observations: list[Observation] = []
    await poll_all(Plan(**{"ports": ports, **usual, **plan}), observations.append)  # type: ignore[arg-type]
    return observations


async def test_it_polls_at_its_rate_with_few_connections_and_tells_all(serve: Serve) -> None:
    api = await serve()
    polls = await observed(api.port, etags=False)
    one = polls[0]

    assert len(polls) == len(api.asked) == 30
    assert api.connections == 3
    assert Counter(it.job for it in polls) == {"a": 20, "b": 10}
    assert {it.poller for it in polls} == {"c-0", "c-1", "c-2"}
    assert one._replace(due=0, began=0, ended=0, digest="") == Observation(
        poller="c-0",
        process=str(api.port),
        job="a",
        sent="",
        status=200,
        etag='"3.1"',
        body_job="a",
        body_version=3,
        body_done=False,
        digest="",
        due=0,
        began=0,
        ended=0,
        cache="tally; hit",
        age=2,
        error="",
    )
    assert len(one.digest) == 16
    assert one.due <= one.began <= one.ended
    assert {round(b - a, 6) for a, b in pairwise(sorted(it.due for it in polls))} == {0.01}


async def test_pollers_send_the_tag_of_what_they_saw_last(serve: Serve) -> None:
    api = await serve()
    polls = await observed(api.port)

    assert Counter((it.status, it.sent) for it in polls) == {(200, ""): 3, (304, '"3.1"'): 27}
    assert examine(polls).broken == {}


async def test_pollers_hop_over_processes_and_rotate_over_jobs(serve: Serve) -> None:
    one, two = await serve(), await serve()
    polls = await observed(one.port, two.port, pollers=1, hopping=True)
    pairs = [(it.process, it.job) for it in polls[:4]]
    rotating = await observed(one.port, two.port, pollers=1, rotating=True)

    assert pairs == [(str(one.port), "a"), (str(two.port), "a")] * 2
    assert [(it.process, it.job) for it in rotating[:3]] == [
        (str(one.port), "a"),
        (str(one.port), "b"),
        (str(one.port), "a"),
    ]


async def test_a_stall_shows_in_all_polls_that_it_delayed(serve: Serve) -> None:
    """One answer takes 200 ms, all others none; a closed loop would see one slow poll."""
    slow = [0.2]

    async def stalling(job: str, sent: str) -> bytes:
        await asyncio.sleep(slow.pop() if slow else 0)
        return reply(job, 3)

    api = await serve(stalling)
    polls = await observed(api.port, pollers=1)

    assert len(polls) == 30
    assert sum(it.latency > 0.05 for it in polls) >= 14
    assert sum(it.ended - it.began > 0.15 for it in polls) < 5


async def test_nobody_there_is_an_observation_and_so_is_an_answer_cut_short(serve: Serve) -> None:
    api = await serve(cut_short)
    cut = await observed(api.port)
    away = await observed(1)

    assert {it.status for it in cut + away} == {0}
    assert {it.error for it in cut} == {"the connection ended"}
    assert "Connect call failed" in away[0].error
    assert len(cut) == len(away) == 30


async def test_who_finds_nobody_or_half_an_answer_asks_a_refuge(serve: Serve) -> None:
    api, cutting = await serve(), await serve(cut_short)
    moved = await observed(1, refuges=[cutting.port, api.port])
    lost = await observed(1, refuges=[cutting.port])

    assert {(it.process, it.status in (200, 304)) for it in moved} == {(str(api.port), True)}
    assert len(moved) == len(api.asked) == 30
    assert {it.error for it in lost} == {"the connection ended"}


async def test_what_is_no_http_or_no_document_is_an_observation(serve: Serve) -> None:
    strange = await observed((await serve(nonsense)).port)
    torn = await observed((await serve(no_json)).port, etags=False)

    assert {it.error for it in strange} == {"no HTTP: '+PONG'"}
    assert {(it.status, it.body_job) for it in torn} == {(200, "")}
    assert examine(torn).broken == {"no document": 30}


async def test_no_answer_ends_after_the_time_for_a_poll(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("live.crowd.POLL_SECONDS", 0.1)

    async def silent(job: str, sent: str) -> bytes:
        return b""

    api = await serve(silent)
    polls = await observed(api.port, pollers=1, seconds=0.01)

    assert [(it.status, it.error) for it in polls] == [(0, "no answer within 0.1 s")]


async def test_a_crowd_in_its_own_process_sees_the_same(serve: Serve, tmp_path: Path) -> None:
    api = await serve()
    plan = Plan(name="c", ports=[api.port], jobs=["a"], pollers=4, rate=200, seconds=0.3)
    other = Plan(name="d", ports=[api.port], jobs=["b"], pollers=1, rate=50, seconds=0.3)
    async with a_crowd(tmp_path, plan, other) as crowd:
        await crowd.wait(30)
    polls = list(crowd.records(Observation))

    assert len(polls) == len(api.asked) == 75
    assert Counter(it.poller for it in polls)["d-0"] == 15
    assert examine(polls).broken == {}


async def test_a_crowd_stopped_early_has_noted_what_it_saw(serve: Serve, tmp_path: Path) -> None:
    api = await serve()
    plan = Plan(name="c", ports=[api.port], jobs=["a"], pollers=4, rate=100, seconds=60)
    async with a_crowd(tmp_path, plan) as crowd:
        await seen(lambda: len(api.asked), lambda count: count >= 10)
    noted = list(crowd.records(Observation))

    assert len(api.asked) - 4 <= len(noted) <= len(api.asked)
