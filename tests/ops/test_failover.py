"""How long Redis was away in a failover, as the service told it; whole drills: tests/live."""

import asyncio
from argparse import Namespace
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acted_service import ActedService, acted_service
from cache import Failover
from example_evidence import down
from ops.failover import Moment, fail_over_under_polls, outage_seconds, read_moment
from ops.service import Service
from ops_statistics import telling
from settings import Settings

A, B = "redis://a:1/0", "redis://b:1/0"


def moments(states: str, every: float = 0.1) -> list[Moment]:
    """One for each letter: w for whole, a for away."""
    return [
        Moment(at=place * every, whole=state == "w", servers=frozenset())
        for place, state in enumerate(states)
    ]


@pytest.mark.parametrize(
    ("states", "seconds"),
    [
        ("wwww", 0.0),
        ("waaw", 0.2),
        ("wawaw", 0.2),
        ("waaa", 0.2),
        ("aaaa", 0.3),
        ("w", 0.0),
    ],
)
def test_an_outage_is_all_the_time_that_something_was_away(states: str, seconds: float) -> None:
    assert outage_seconds(moments(states), 0.0) == pytest.approx(seconds)


def test_what_was_before_the_question_is_no_part_of_it() -> None:
    assert outage_seconds(moments("waawwaw"), 0.35) == pytest.approx(0.1)


@given(st.text(alphabet="wa", min_size=1, max_size=50))
def test_an_outage_is_never_longer_than_the_drill(states: str) -> None:
    assert 0.0 <= outage_seconds(moments(states), 0.0) <= 0.1 * len(states)


@pytest.mark.parametrize(
    ("servers", "enabled", "whole"),
    [
        ({A: "in use"}, True, True),
        ({A: "in use", B: "in use"}, True, True),
        ({A: "in use", B: "away"}, True, False),
        ({A: "away"}, False, False),
        ({}, True, False),
    ],
)
def test_redis_is_whole_when_every_server_is_in_use(
    servers: dict[str, str], enabled: bool, whole: bool
) -> None:
    moment = read_moment(telling({"redis_enabled": enabled, "servers": servers}), 7.0)

    assert (moment.at, moment.whole) == (7.0, whole)
    assert moment.servers == {name for name, state in servers.items() if state == "in use"}


def test_of_a_service_that_does_not_answer_nothing_is_in_use() -> None:
    assert read_moment(down(), 1.0) == Moment(at=1.0, whole=False, servers=frozenset())


async def drilled(
    acted: ActedService, monkeypatch: pytest.MonkeyPatch, *, took: float, used: str
) -> Mapping[str, Any]:
    """The figures of a failover to B that took so long. The service uses another one after it."""
    monkeypatch.setattr("ops.failover._BACK_SECONDS", 0.5)
    acted.statistics["servers"] = {A: "in use"}

    async def fail_over(*_: object) -> Failover:
        await asyncio.sleep(took)
        loop = asyncio.get_running_loop()
        loop.call_later(0.1, acted.statistics.update, {"servers": {used: "in use"}})
        return Failover(before=A, after=B, seconds=took)

    monkeypatch.setattr("ops.failover.fail_over", fail_over)
    settings = Settings(redis_url="redis+sentinel://s:26379/primary/0")
    args = Namespace(rate=100.0, seconds=0.2)
    return await fail_over_under_polls(args, settings, Service(acted.url), lambda _: None)


@pytest.mark.parametrize("took", [0.0, 0.7])
async def test_the_service_has_its_time_from_the_end_of_the_failover(
    took: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long that took. What is told counts from the question."""
    async with acted_service(versions={"job_a": 1}) as acted:
        figures = await drilled(acted, monkeypatch, took=took, used=B)

    assert figures["ok"] is True
    assert took + 0.05 < figures["back_in_use_seconds"] < took + 0.6
    assert figures["polls"] > figures["after"]["polls"] > 5


async def test_a_failover_that_the_service_does_not_follow_is_not_as_it_should_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with acted_service(versions={"job_a": 1}) as acted:
        figures = await drilled(acted, monkeypatch, took=0.0, used=A)

    assert (figures["errors"], figures["steps_back"]) == (0, 0)
    assert (figures["ok"], figures["back_in_use_seconds"]) == (False, None)


async def test_a_failover_that_nobody_polled_is_not_as_it_should_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with acted_service(versions={"job_a": 1}) as acted:
        gone = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"
        monkeypatch.setattr(acted, "_job", lambda *_: gone)
        figures = await drilled(acted, monkeypatch, took=0.0, used=B)

    assert figures["back_in_use_seconds"] is not None
    assert (figures["ok"], figures["errors"], figures["after"]["polls"]) == (False, 0, 0)
