"""On the service itself the drill stops Redis and starts it again, the latter whatever happens.

All three options, on real servers: tests/live/test_rollback_drill.py.
"""

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from acted_service import ActedService, acted_service
from ops.children import CommandFailed
from ops.rollback import on_the_service
from ops.service import Service
from patience import seen


@pytest.fixture
async def acted(tmp_path: Path) -> AsyncIterator[ActedService]:
    """A service whose Redis is in use as long as a file is there."""
    redis = tmp_path / "redis"
    redis.touch()
    async with acted_service(versions={"job_a": 1}) as acted:

        async def follow() -> None:
            while True:
                acted.statistics["redis_enabled"] = redis.exists()
                await asyncio.sleep(0.01)

        following = asyncio.create_task(follow())
        yield acted
        following.cancel()


def words(redis: Path, *, stop: str = "rm {}") -> Namespace:
    return Namespace(stop=stop.format(redis), start=f"touch {redis}", rate=100.0, seconds=0.1)


async def test_redis_is_stopped_and_started_again_under_polls(
    acted: ActedService, tmp_path: Path
) -> None:
    said: list[str] = []
    figures = await on_the_service(words(tmp_path / "redis"), Service(acted.url), said.append)

    assert figures["ok"] is True
    assert [(phase["name"], phase["redis_enabled"]) for phase in figures["phases"]] == [
        ("before", True),
        ("option 1: Redis is stopped", False),
        ("option 1: Redis is started again", True),
    ]
    assert figures["rehearsal"] is False
    assert figures["errors"] == figures["steps_back"] == 0
    assert len(said) == 4


async def test_a_stop_that_fails_half_way_is_followed_by_a_start(
    acted: ActedService, tmp_path: Path
) -> None:
    broken = words(tmp_path / "redis", stop="rm {}; exit 1")
    said: list[str] = []
    with pytest.raises(CommandFailed, match="--stop ended with 1"):
        await on_the_service(broken, Service(acted.url), said.append)

    assert (tmp_path / "redis").exists()
    assert said[-1] == "Redis was started again."


@pytest.mark.parametrize(
    ("phase", "starts"),
    [("before", 0), ("the stop", 1), ("away", 1), ("the start", 1), ("started again", 1)],
)
async def test_a_drill_that_is_ended_in_any_phase_leaves_redis_started(
    phase: str, starts: int, acted: ActedService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its start command is slow, and is run once and to its end."""
    log, said = tmp_path / "log", list[str]()
    monkeypatch.setattr("ops.rollback.redis_away", lambda _: phase != "away")
    monkeypatch.setattr("ops.rollback.redis_in_use", lambda _: not _is_in("started again", [], log))
    args = slow_start(tmp_path, stop="; sleep 30" if phase == "the stop" else "")
    args.seconds = 30.0 if phase == "before" else 0.1
    if phase == "started again":
        (tmp_path / "go").touch()
    drill = asyncio.create_task(on_the_service(args, Service(acted.url), said.append))
    await seen(lambda: _is_in(phase, said, log), beat=0.01, seconds=20)
    drill.cancel()
    await _let_go(drill, tmp_path)

    assert drill.cancelled()
    assert (tmp_path / "redis").exists()
    assert _lines(log).count("begun") == _lines(log).count("ended") == starts


async def test_a_drill_that_is_ended_again_while_redis_starts_waits_for_it(
    acted: ActedService, tmp_path: Path
) -> None:
    said: list[str] = []
    args = slow_start(tmp_path, stop="; sleep 30")
    drill = asyncio.create_task(on_the_service(args, Service(acted.url), said.append))
    await seen(lambda: _lines(tmp_path / "log") == ["stop"], beat=0.01, seconds=20)
    drill.cancel()
    await seen(lambda: said[-1].startswith("Starting Redis again"), beat=0.01, seconds=20)
    drill.cancel()
    await _let_go(drill, tmp_path)

    assert drill.cancelled()
    assert (tmp_path / "redis").exists()


async def _let_go(drill: asyncio.Task[object], folder: Path) -> None:
    await asyncio.wait({drill}, timeout=0.2)  # time to do wrong in
    (folder / "go").touch()
    await asyncio.wait({drill}, timeout=20)


def slow_start(folder: Path, *, stop: str) -> Namespace:
    """Redis starts as soon as there is a file `go`; the commands keep a log."""
    wait = f"for _ in $(seq 1000); do [ -e {folder}/go ] && break; sleep 0.02; done"
    return Namespace(
        stop=f"rm {folder}/redis; echo stop >> {folder}/log{stop}",
        start=f"cd {folder}; echo begun >> log; {wait}; touch redis; echo ended >> log",
        rate=100.0,
        seconds=0.1,
    )


def _is_in(phase: str, said: list[str], log: Path) -> bool:
    """Whether the drill has come to that point, as its lines and its commands tell."""
    lines = _lines(log)
    return {
        "before": len(said) == 1,
        "the stop": lines == ["stop"],
        "away": lines == ["stop"] and len(said) == 2,
        "the start": lines == ["stop", "begun"],
        "started again": lines[-1:] == ["ended"],
    }[phase]


def _lines(log: Path) -> list[str]:
    return log.read_text().split() if log.exists() else []


async def test_a_start_that_fails_is_told_to_who_must_do_it(
    acted: ActedService, tmp_path: Path
) -> None:
    args = words(tmp_path / "redis")
    args.start = "exit 4"
    said: list[str] = []
    with pytest.raises(CommandFailed, match="--start ended with 4"):
        await on_the_service(args, Service(acted.url), said.append)

    assert said[-1] == "Redis was NOT started again: start it."


async def test_a_drill_that_nobody_polled_is_not_as_it_should_be(
    acted: ActedService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every job is gone after its first poll."""
    gone = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"
    monkeypatch.setattr(acted, "_job", lambda *_: gone)
    figures = await on_the_service(words(tmp_path / "redis"), Service(acted.url), lambda _: None)

    assert (figures["ok"], figures["errors"]) == (False, 0)
    assert [phase["ok"] for phase in figures["phases"][1:]] == [False, False]
