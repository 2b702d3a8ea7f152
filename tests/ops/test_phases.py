"""A phase holds what happened from its act on: polls, time until all was right, unseen changes."""

import pytest

from acted_service import ActedService, acted_service
from ops.http_line import place_of
from ops.phases import Stage, redis_away, redis_in_use
from ops.polls import polling
from ops.service import Service
from ops.service_statistics import statistics

PATH = "/api/v2/jobs/job_a"


async def played(acted: ActedService, **options: object) -> Stage:
    """A stage on which one phase was played."""
    said: list[str] = []
    async with polling(place_of(acted.url), [PATH], rate=200.0) as polls:
        stage = Stage(polls, seconds=0.1, say=said.append)
        await stage.play("the phase", Service(acted.url), **options)  # type: ignore[arg-type]
    assert said == [str(stage.phases[0])]
    return stage


async def test_a_phase_tells_of_its_polls_and_of_the_service() -> None:
    async with acted_service(versions={"job_a": 1}) as acted:
        acted.statistics["database_reads"] = 40

        async def act() -> None:
            acted.statistics |= {"database_reads": 43, "redis_enabled": False}

        phase = (await played(acted, holds=redis_away, act=act)).phases[0]

    assert phase.ok
    assert phase.polls.polls > 10
    assert phase.database_reads == 3
    assert phase.came_true_seconds is not None
    assert "0 errors" in str(phase)
    assert "3 database reads, Redis not in use" in str(phase)
    assert phase.as_json()["redis_enabled"] is False


async def test_what_never_comes_true_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.phases.PATIENCE_SECONDS", 0.2)
    async with acted_service(versions={"job_a": 1}) as acted:
        phase = (await played(acted, holds=redis_away)).phases[0]

    assert not phase.ok
    assert phase.came_true_seconds is None
    assert "NOT as it should be" in str(phase)


async def test_a_change_that_its_poller_sees_is_fine() -> None:
    async with acted_service(versions={"job_a": 1}) as acted:
        phase = (await played(acted, holds=redis_in_use, change=PATH)).phases[0]

    assert (phase.unseen_changes, phase.ok) == (0, True)
    assert acted.versions["job_a"] == 2


async def test_a_change_that_nobody_sees_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The job that is changed is not the one that is polled."""
    monkeypatch.setattr("ops.phases._SEEN_SECONDS", 0.2)
    async with acted_service(versions={"job_a": 1, "job_b": 1}) as acted:
        options = {"holds": redis_in_use, "change": "/api/v2/jobs/job_b"}
        phase = (await played(acted, **options)).phases[0]

    assert (phase.unseen_changes, phase.ok) == (1, False)
    assert "1 changes not seen" in str(phase)


async def test_polls_that_fail_make_the_phase_fail() -> None:
    async with acted_service() as acted:
        phase = (await played(acted, holds=redis_in_use)).phases[0]

    assert phase.polls.errors == phase.polls.polls > 0
    assert not phase.ok


async def test_a_phase_that_nobody_polled_is_not_as_it_should_be() -> None:
    async with acted_service(versions={"job_a": 1}) as acted:
        async with polling(place_of(acted.url), [PATH], rate=200.0) as polls:
            pass
        stage = Stage(polls, seconds=0.1, say=lambda _: None)
        polls.looks.clear()
        await stage.play("idle", Service(acted.url), holds=redis_in_use)

    assert (stage.phases[0].polls.polls, stage.phases[0].ok) == (0, False)
    assert "NOBODY polled" in str(stage.phases[0])


async def test_a_service_that_is_away_has_neither_redis_nor_none() -> None:
    async with acted_service() as acted:
        pass
    seen = await statistics(Service(acted.url))

    assert not redis_in_use(seen)
    assert not redis_away(seen)
