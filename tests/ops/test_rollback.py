"""On the service itself the drill stops Redis and starts it again, the latter whatever happens.

All three options, on real servers: tests/live/test_rollback_drill.py.
"""

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from acted_service import ActedService, acted_service
from live.client import seen
from ops.children import CommandFailed
from ops.rollback import on_the_service
from ops.service import Service


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


async def test_a_drill_that_is_ended_leaves_redis_started(
    acted: ActedService, tmp_path: Path
) -> None:
    redis = tmp_path / "redis"
    drill = asyncio.create_task(
        on_the_service(words(redis, stop="rm {}; sleep 30"), Service(acted.url), lambda _: None)
    )
    await seen(lambda: not redis.exists(), beat=0.01, seconds=20)
    drill.cancel()
    await asyncio.wait({drill}, timeout=20)

    assert drill.cancelled()
    assert redis.exists()
