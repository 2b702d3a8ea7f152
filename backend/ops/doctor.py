"""`python -m ops doctor`: looks at a running system from all sides, and says what to mend.

It changes nothing: it asks Redis questions, the service its pages, and reads files. Whatever is
down or frozen, it is done within ten seconds; what it could not see is unknown, never in order.
"""

import argparse
import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from typing import Any, Final, TypeVar

from cache import BadRedisUrl, RedisTarget, parse_redis_url
from ops import (
    checks_access,
    checks_cache,
    checks_engine,
    checks_jobs,
    checks_load,
    checks_memory,
    checks_monitoring,
    checks_reach,
    checks_records,
    checks_replication,
    checks_service,
    checks_settings,
    checks_sharing,
    checks_tls,
)
from ops.blocking import within
from ops.evidence import Check, Evidence
from ops.finding import Finding, Verdict, must_exist
from ops.host import UNREAD, secrets, see_host
from ops.host_seen import Secret
from ops.log_seen import read_log
from ops.prometheus import ask_prometheus
from ops.records import Records, read_records, records_folder
from ops.redis_evidence import gather_redis
from ops.report import Report, as_checklist, as_json, as_text
from ops.service import Service
from ops.service_seen import LogSeen
from settings import Settings

CHECKS: Final[tuple[Check, ...]] = (
    *checks_reach.CHECKS,
    *checks_access.CHECKS,
    *checks_tls.CHECKS,
    *checks_engine.CHECKS,
    *checks_memory.CHECKS,
    *checks_sharing.CHECKS,
    *checks_replication.CHECKS,
    *checks_service.CHECKS,
    *checks_jobs.CHECKS,
    *checks_cache.CHECKS,
    *checks_load.CHECKS,
    *checks_settings.CHECKS,
    *checks_monitoring.CHECKS,
    *checks_records.CHECKS,
)
CHECK_IDS: Final = frozenset(
    {
        *(getattr(check, "check", "ops.check") for check in CHECKS),
        *("secrets.password", "secrets.env-file", "secrets.file", "backup.database"),
    }
)
"""All that a finding can be about: those of the rules, and of what is no rule."""
_DISK_SECONDS: Final = 3.0
"""For files of this host, each: a network disk may hang."""

T = TypeVar("T")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    shapes = parser.add_mutually_exclusive_group()
    shapes.add_argument("--json", action="store_true", help="for programs: docs/doctor.md")
    shapes.add_argument("--checklist", action="store_true", help="as the deployment guide's list")
    shapes.add_argument("--quiet", action="store_true", help="without what is in order")
    parser.add_argument(
        "--prometheus",
        metavar="URL",
        help="ask it whether it scrapes the service and has our alerts: http://host:9090",
    )
    parser.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="CHECK",
        help="a check whose warning or unknown you live with, as backup.database; repeatable",
    )


async def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print what was found. 0: all is well; 1: warnings, or what could not be seen; 2: failures.

    Raises NoSuchCheck before anybody is asked.
    """
    must_exist(args.accept, CHECK_IDS)
    began, now = time.monotonic(), time.time()
    named = args.prometheus
    prometheus = Service(named, option="--prometheus") if named is not None else None
    evidence = await gather(settings, Service(args.url), prometheus, now=now)
    report = Report(
        at=now,
        version=evidence.host.version if evidence.host else None,
        target=str(evidence.target or "none"),
        service=evidence.service.url if evidence.service else "none",
        seconds=time.monotonic() - began,
        findings=judge(evidence),
        accepted=args.accept,
    )
    print(_shown(args, report))
    return report.exit_code


def _shown(args: argparse.Namespace, report: Report) -> str:
    if args.json:
        return as_json(report)
    return as_checklist(report) if args.checklist else as_text(report, quiet=args.quiet)


async def gather(
    settings: Settings, service: Service, prometheus: Service | None = None, *, now: float
) -> Evidence:
    """Everything at once. Never raises, and takes ten seconds at most."""
    redis, seen, watching, files = await asyncio.gather(
        gather_redis(settings), service.seen(), ask_prometheus(prometheus), _files(settings)
    )
    return Evidence(
        **{each.name: getattr(redis, each.name) for each in fields(redis)},
        **files,
        settings=settings,
        service=seen,
        prometheus=watching,
        now=now,
    )


async def _files(settings: Settings) -> dict[str, Any]:
    """Evidence's fields about this host. First the secrets: the rest is searched for them."""
    known, kept = await asyncio.gather(
        _in_time(lambda: secrets(settings, _target(settings)), [UNREAD]),
        _in_time(lambda: read_records(records_folder(settings)), Records()),
    )
    log, host = await asyncio.gather(
        _log(settings, known), _in_time(lambda: see_host(settings, known, kept.unreadable), None)
    )
    return {"records": kept.found, "log": log, "host": host}


async def _log(settings: Settings, known: Sequence[Secret]) -> LogSeen | None:
    path = settings.log_path
    if path is None:
        return None
    late = LogSeen(path=path, trouble=f"the disk does not answer within {_DISK_SECONDS:g} s")
    return await _in_time(lambda: read_log(path, known), late)


async def _in_time(ask: Callable[[], T], otherwise: T) -> T:
    """What a disk says, unless it says nothing in time."""
    try:
        return await within(_DISK_SECONDS, ask)
    except TimeoutError:
        return otherwise


def _target(settings: Settings) -> RedisTarget | None:
    try:
        return parse_redis_url(settings.redis_url)
    except BadRedisUrl:  # told by a check of its own
        return None


def judge(evidence: Evidence, checks: Sequence[Check] = CHECKS) -> list[Finding]:
    """What the checks find, in their order."""
    return [finding for check in checks for finding in _tried(check, evidence)]


def _tried(check: Check, evidence: Evidence) -> Iterator[Finding]:
    """Its findings. One that breaks off is unknown: other versions may tell odd things."""
    try:
        yield from [*check(evidence)]
    except Exception as error:
        yield Finding(
            check="ops.check",
            subject=getattr(check, "check", getattr(check, "__name__", "a check")),
            verdict=Verdict.UNKNOWN,
            measured=f"the check itself failed: {type(error).__name__}",
            threshold="every check says something",
            fix="please report it",
        )
