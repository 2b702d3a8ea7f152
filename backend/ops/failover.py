"""The failover drill: a replica becomes the primary while the service is polled.

Asks the cache room for the failover, and the service how it takes it; decides nothing itself.
"""

import asyncio
import time
from argparse import Namespace
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from cache import AccountKnobs, FailoverRefused, fail_over, parse_redis_url
from ops.http_line import place_of
from ops.phases import Say
from ops.polls import polling
from ops.sample_jobs import paths_to_poll
from ops.service import Service
from ops.service_seen import ServiceSeen
from ops.service_statistics import statistics
from settings import Settings

_LOOK_SECONDS: Final = 0.05
_BACK_SECONDS: Final = 30.0
"""For the service to use the new primary, from when Redis itself had named it."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """How Redis was for the service at a time. `servers` are those in use, by their names."""

    at: float
    whole: bool
    servers: frozenset[str]


async def fail_over_under_polls(
    args: Namespace, settings: Settings, service: Service, say: Say
) -> Mapping[str, Any]:
    """The figures of a record. Raises FailoverRefused, NoJobs or BadRedisUrl."""
    target = parse_redis_url(settings.redis_url if settings.cache_enabled else "")
    if target is None:
        raise FailoverRefused("Redis is switched off here: see REDIS_URL and CACHE_ENABLED.")
    paths = await paths_to_poll(service)
    async with (
        polling(place_of(service.url), paths, rate=args.rate) as polls,
        _watching(service) as moments,
    ):
        say(f"Polling {len(paths)} jobs of {service.url}, {args.rate:g} polls/s")
        await asyncio.sleep(args.seconds)
        _check(moments)
        before, first = polls.figures(), len(polls.looks)
        say(f"before    {before}")
        asked_at = time.monotonic()
        done = await fail_over(target, AccountKnobs.of(settings))
        say(f"failover  from {done.before} to {done.after} in {done.seconds:.1f} s")
        used_at = await _used(moments, done.after, time.monotonic())
        await asyncio.sleep(args.seconds)
    whole, after = polls.figures(), polls.figures(first)
    say(f"after     {after}")
    outage = outage_seconds(moments, asked_at)
    back = None if used_at is None else round(used_at - asked_at, 3)
    say(f"the service used the new primary after {_told(back)}; Redis was away for {outage:.2f} s")
    return {
        "rate": args.rate,
        "from": done.before,
        "to": done.after,
        "failover_seconds": round(done.seconds, 3),
        "back_in_use_seconds": back,
        "outage_seconds": outage,
        "ok": before.fine and after.fine and back is not None,
        **whole.as_json(),
        "after": after.as_json(),
    }


def outage_seconds(moments: Sequence[Moment], since: float) -> float:
    """For how long, in all, Redis or one of its servers was not in use. Pure.

    From the first look that found it so to the next that did not; what is over between two looks
    is not seen.
    """
    away, began = 0.0, None
    for moment in moments:
        if moment.at >= since and not moment.whole and began is None:
            began = moment.at
        elif moment.whole and began is not None:
            away, began = away + moment.at - began, None
    return round(away + (moments[-1].at - began if began is not None else 0.0), 3)


def read_moment(seen: ServiceSeen, at: float) -> Moment:
    """Of statistics that do not come, nothing is in use. Pure."""
    told = seen.found("servers")
    servers = told if isinstance(told, dict) else {}
    used = frozenset(name for name, state in servers.items() if state == "in use")
    enabled = seen.found("redis_enabled") is True
    return Moment(at=at, whole=enabled and len(used) == len(servers) > 0, servers=used)


@asynccontextmanager
async def _watching(service: Service) -> AsyncIterator[list[Moment]]:
    """A moment many times a second, for as long as the block."""
    moments: list[Moment] = []

    async def watch() -> None:
        while True:
            at = time.monotonic()
            moments.append(read_moment(await statistics(service), at))
            await asyncio.sleep(_LOOK_SECONDS)

    task = asyncio.create_task(watch())
    try:
        yield moments
    finally:
        task.cancel()
        await asyncio.wait({task})


def _check(moments: Sequence[Moment]) -> None:
    """Raises FailoverRefused."""
    if not (moments and moments[-1].whole):
        raise FailoverRefused(
            "not every server of Redis is in use by the service: python -m ops doctor says why."
        )


async def _used(moments: Sequence[Moment], primary: str, since: float) -> float | None:
    """The first look since then that found the new primary in use; None: it is not."""
    while time.monotonic() - since < _BACK_SECONDS:
        latest = moments[-1]
        if latest.at > since and latest.whole and primary in latest.servers:
            return latest.at
        await asyncio.sleep(_LOOK_SECONDS)
    return None


def _told(seconds: float | None) -> str:
    return "never" if seconds is None else f"{seconds:.2f} s"
