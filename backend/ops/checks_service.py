"""Checks of the service as a whole: it answers, and uses the Redis that is meant here. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final

from ops.evidence import Check, Evidence
from ops.rule import START, Judged, Rule, ServiceRule, judged, unknown
from ops.service_seen import ServiceSeen

_ROOM: Final = (
    "make room in /dev/shm, 1 MB for each process (docker: --shm-size), and restart: "
    "grep counts logs/app.log says what is missing"
)
_STRANGER: Final = "is it Tally that listens there? See --url"
_READY: Final = ("ready", "degraded")
_ABSENT: Final = frozenset({"redis-off", "redis-missing"})
"""States of a service that is not meant to have Redis, or cannot."""


def _alive(evidence: Evidence) -> Judged:
    seen = evidence.service
    if seen is None:
        return unknown("it was not asked")
    page = seen.livez
    if page.fine and page.document.get("status") != "alive":
        return judged(f"/livez {page}, and not as Tally does", fail=True, fix=_STRANGER)
    return judged(f"/livez {page}", fail=not page.fine)


def _ready(evidence: Evidence) -> Judged:
    seen = evidence.service
    if seen is None or not seen.answers:
        return unknown("nobody answers", START)
    told = seen.readyz.document
    measured = f"/readyz {seen.readyz}: {_words(told)}" if told else f"/readyz {seen.readyz}"
    if told.get("status") == "starting":
        return judged(measured, warn=True, fix="wait: it migrates, or loads its job engine")
    if seen.readyz.fine and told.get("status") not in _READY:
        return judged(f"{measured}, and not as Tally does", fail=True, fix=_STRANGER)
    return judged(measured, fail=not seen.readyz.fine)


def _stats(evidence: Evidence) -> Judged:
    seen = evidence.service
    if seen is None or not seen.answers:
        return unknown("nobody answers", START)
    page = seen.stats
    if page.fine and not seen.statistics:
        return judged("answers something else than statistics", fail=True)
    return judged(f"{page} in {page.seconds * 1000:.0f} ms", fail=not page.fine)


def _enabled(seen: ServiceSeen, evidence: Evidence) -> Judged:
    enabled = seen.cache_enabled
    return judged(f"cache_enabled: {str(enabled).lower()}", warn=enabled is not True)


def _redis(seen: ServiceSeen, evidence: Evidence) -> Judged:
    state = str(seen.found("state"))
    if seen.cache_enabled is False:
        return judged("the cache is switched off", warn=True, fix="CACHE_ENABLED=true, restart")
    if state in _ABSENT:
        fix = "set REDIS_URL and restart" if state == "redis-off" else "pip install 'redis>=5.0.0'"
        return judged(f"the service runs without Redis: {state}", warn=True, fix=fix)
    in_use = seen.found("redis_enabled") is True
    servers = _away(seen)
    return judged(
        f"redis_enabled: {str(in_use).lower()}, {state}"
        + (f"; away: {servers}" if servers else ""),
        warn=bool(servers),
        fail=not in_use,
    )


def _away(seen: ServiceSeen) -> str:
    servers = seen.table("servers")
    return ", ".join(name for name, state in servers.items() if state != "in use")


def _same(seen: ServiceSeen, evidence: Evidence) -> Judged:
    ours = str(evidence.target) if evidence.target else "none"
    theirs = str(seen.found("server") or "none")
    if evidence.url_trouble:
        return unknown(f"here REDIS_URL means nothing; there it is {theirs}")
    if _place(theirs) == _place(ours) or seen.cache_enabled is False:
        return judged(f"{theirs}, there and here")
    return judged(f"{theirs} there, {ours} here", fail=True)


def _place(name: str) -> str:
    """Without the account: doctor may look as another user, who may see more."""
    return re.sub("//[^@/]*@", "//", name)


def _processes(seen: ServiceSeen, evidence: Evidence) -> Judged:
    counted = seen.number("processes", "counted")
    if counted is None:
        return unknown("its statistics do not tell", "the service is of an older version: restart")
    in_use = seen.number("processes", "redis_in_use") or 0
    proven = seen.number("processes", "feed_proven") or 0
    measured = f"{counted:g} processes: {in_use:g} use Redis, {proven:g} have a proven feed"
    if seen.counts_apart:
        return judged(f"{measured}; others are not counted", warn=True, fix=_ROOM)
    return judged(measured, warn=in_use not in (0, counted) or proven not in (0, counted))


def _without_redis(seen: ServiceSeen, evidence: Evidence) -> Judged:
    """It is away, and the service is ready; or what would answer in its place stands by."""
    told, proven = seen.readyz.document, seen.found("feed", "proven")
    if told.get("database") != "up":
        return judged(f"without Redis nothing would answer: {_words(told)}", fail=True)
    if told.get("cache") != "up" and seen.readyz.fine:
        return judged(f"Redis is not in use now, and /readyz says {_words(told)}")
    measured = f"database {told.get('database')}, near tier " + (
        "none" if proven is None else "proven" if proven else "not proven"
    )
    return judged(measured, warn=proven is not True)


def _words(told: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {told[name]}" for name in told)


CHECKS: tuple[Check, ...] = (
    Rule(
        check="service.alive",
        subject="/livez",
        threshold="answers 200, status alive",
        fix=START,
        judge=_alive,
    ),
    Rule(
        check="service.ready",
        subject="/readyz",
        threshold="answers 200, status ready; degraded, without Redis, is ready",
        fix="see DATABASE_URL and the log: the database does not answer",
        judge=_ready,
    ),
    Rule(
        check="service.stats",
        subject="/api/v2/cache/stats",
        threshold="answers 200 within 2 s",
        fix=_STRANGER,
        judge=_stats,
    ),
    ServiceRule(
        check="cache.enabled",
        threshold="CACHE_ENABLED=true",
        fix="CACHE_ENABLED=true, restart",
        judge=_enabled,
    ),
    ServiceRule(
        check="cache.redis",
        threshold="the service uses Redis, every server of it",
        fix="grep -i redis logs/app.log says why; docs/deployment.md has a table of what it says",
        judge=_redis,
    ),
    ServiceRule(
        check="cache.same-redis",
        threshold="the REDIS_URL here is that of the service",
        fix="restart the service, or run doctor with its environment: the same .env, or in its "
        "container",
        judge=_same,
    ),
    ServiceRule(
        check="cache.processes",
        threshold="all processes of the service are of one mind",
        fix="grep cache logs/app.log: one process says why it is not like the others",
        judge=_processes,
    ),
    ServiceRule(
        check="cache.without-redis",
        threshold="database and near tier answer where Redis does not",
        fix="CACHE_NEAR_MAX_ENTRIES=10000; or see cache.feed",
        judge=_without_redis,
    ),
)
