"""The rollback drill: the guide's three ways to switch Redis off, each under live polls.

Rehearsed beside the running service, or the first of them on the service itself.
"""

from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from ops.http_line import place_of
from ops.phases import Phase, Say, Stage, redis_away, redis_in_use
from ops.polls import Polls, polling
from ops.rehearsal import Api, Rehearsal
from ops.sample_jobs import created, paths_to_poll
from ops.service import Service
from ops.service_seen import ServiceSeen
from ops.spare_redis import CommandedRedis, OneStart, SpareRedis

INVALID: Final = "redis://invalid:9999"
"""As in the guide."""
_JOBS: Final = 8


async def rehearse(args: Namespace, say: Say) -> Mapping[str, Any]:
    """All three options on servers of the drill's own; the figures of a record.

    Raises CannotRehearse, NoJobs or CommandFailed. Nothing is left running.
    """
    async with AsyncExitStack() as children:
        folder = TemporaryDirectory(prefix="tally-drill-", ignore_cleanup_errors=True)
        rehearsal = Rehearsal(Path(children.enter_context(folder)), children)
        redis = _redis(args, rehearsal)
        say("Starting an API and a Redis of the drill's own ...")
        await redis.start()
        first = await rehearsal.api(redis.url)
        paths = [await created(first.service) for _ in range(_JOBS)]
        async with polling(first.place, paths, rate=args.rate) as polls:
            stage = Stage(polls, seconds=args.seconds, say=say)
            await _stop_redis(stage, first.service, redis, paths)
            second = await rehearsal.api(INVALID)
            await _take_over(
                stage, polls, first, second, "option 2: REDIS_URL is invalid", redis_away, paths[3]
            )
            third = await rehearsal.api(redis.url, without_package=True)
            await _take_over(
                stage, polls, second, third, "option 3: no redis package", _has_no_driver, paths[4]
            )
        return _figures(polls, stage.phases, args, rehearsal=True)


async def on_the_service(args: Namespace, service: Service, say: Say) -> Mapping[str, Any]:
    """The first option on the running service, by the operator's own commands.

    Whatever happens, what was stopped is started again. Raises NoJobs or CommandFailed.
    """
    redis = CommandedRedis(url="", stop_command=args.stop, start_command=args.start)
    paths = await paths_to_poll(service)
    say(f"Polling {len(paths)} jobs of {service.url}, {args.rate:g} polls/s")
    async with polling(place_of(service.url), paths, rate=args.rate) as polls:
        stage = Stage(polls, seconds=args.seconds, say=say)
        await _stop_redis(stage, service, redis, [])
    return _figures(polls, stage.phases, args, rehearsal=False)


async def _stop_redis(
    stage: Stage, service: Service, redis: SpareRedis, paths: Sequence[str]
) -> None:
    """Option 1, there and back. `paths`: of jobs that may be changed, one in each phase."""
    before, away, again = [*paths, None, None, None][:3]
    start = OneStart(redis)
    await stage.play("before", service, holds=redis_in_use, change=before)
    try:
        await stage.play(
            "option 1: Redis is stopped", service, holds=redis_away, act=redis.stop, change=away
        )
        await stage.play(
            "option 1: Redis is started again",
            service,
            holds=redis_in_use,
            act=start.wait,
            change=again,
        )
    except BaseException:
        await _started(start, stage.say)
        raise


async def _started(start: OneStart, say: Say) -> None:
    """A service must not be left without its Redis. Raises CommandFailed or CannotRehearse."""
    say("Starting Redis again before the drill ends ...")
    try:
        await start.wait_whatever_comes()
    except Exception:
        say("Redis was NOT started again: start it.")
        raise
    say("Redis was started again.")


async def _take_over(
    stage: Stage,
    polls: Polls,
    old: Api,
    new: Api,
    name: str,
    holds: Callable[[ServiceSeen], bool],
    change: str,
) -> None:
    """Move the polls to the new API, which is ready, and only then stop the old one."""

    async def move() -> None:
        polls.aim(new.place)
        await old.stop()

    await stage.play(name, new.service, holds=holds, act=move, change=change)


def _has_no_driver(seen: ServiceSeen) -> bool:
    return bool(seen.found("state") == "redis-missing")


def _redis(args: Namespace, rehearsal: Rehearsal) -> SpareRedis:
    if not args.redis_url:
        return rehearsal.own_redis()
    return CommandedRedis(url=args.redis_url, stop_command=args.stop, start_command=args.start)


def _figures(
    polls: Polls, phases: Sequence[Phase], args: Namespace, *, rehearsal: bool
) -> Mapping[str, Any]:
    """Of a record. The polls between two phases, while an API starts, count in the sums only."""
    figures = polls.figures()
    return {
        "rehearsal": rehearsal,
        "rate": args.rate,
        **figures.as_json(),
        "ok": figures.fine and all(phase.ok for phase in phases),
        "phases": [phase.as_json() for phase in phases],
    }
