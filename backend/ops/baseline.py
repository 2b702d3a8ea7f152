"""`python -m ops baseline`: how a running service does now, on record to compare with later.

Polls it like polite clients, and writes down latency, errors, hit rate and database reads.
"""

import asyncio
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Any, Final

from ops.checks_records import FEWEST_POLLS, FEWEST_SECONDS, too_few
from ops.code_version import code_version
from ops.given_numbers import TooManyPolls, between, check_load
from ops.http_line import place_of
from ops.loopback import is_loopback
from ops.polls import polling
from ops.records import Record, records_folder, write_record
from ops.sample_jobs import NoJobs, created, paths_to_poll
from ops.service import Service
from ops.service_seen import ServiceSeen
from ops.service_statistics import growth
from settings import PROJECT, Settings

_COMPARED: Final = ("hit_rate", "database_reads_per_1000_polls", "entry_bytes")
"""What doctor's drift is about. The first two are of the time of the polls alone."""


_TOO_FEW: Final = (
    f"Too few polls to tell: kept, but a baseline takes {FEWEST_POLLS} and {FEWEST_SECONDS:g} s. "
    "Measure longer."
)


class NoBaseline(Exception):
    """Nothing can be measured; the message says what to do about it."""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--seconds", type=between(0.1, 3600), default=60.0, help="how long to poll (60)"
    )
    parser.add_argument(
        "--rate", type=between(0.1, 1000), default=50.0, help="polls per second, of all jobs (50)"
    )
    parser.add_argument("--create", action="store_true", help="create a small job to poll")
    parser.add_argument("--yes", action="store_true", help="also poll a service on another host")


async def run(args: Namespace, settings: Settings) -> int:
    """0: on record, long enough, no error, figures to compare; 2: not so, or not on record."""
    service = Service(args.url)
    try:
        record = await _measured(service, args)
    except (NoBaseline, NoJobs, TooManyPolls) as refusal:
        print(refusal, file=sys.stderr)
        return 2
    try:
        place = await asyncio.to_thread(write_record, records_folder(settings), record)
    except OSError as error:
        print(f"The baseline cannot be kept: {error}. Set DATA_DIR.", file=sys.stderr)
        return 2
    print(f"On record: {place}")
    return 0 if record.ok else 2


async def _measured(service: Service, args: Namespace) -> Record:
    """Raises NoBaseline, NoJobs or TooManyPolls."""
    check_load(rate=args.rate, seconds=args.seconds)
    if not (args.yes or is_loopback(service.url)):
        raise NoBaseline(f"{service.url} is another host: add --yes to poll it all the same.")
    before = await _seen(service)
    paths = [await created(service)] if args.create else await paths_to_poll(service)
    print(f"Polling {len(paths)} jobs of {service.url}, {args.rate:g} polls/s, {args.seconds:g} s")
    async with polling(place_of(service.url), paths, rate=args.rate) as polls:
        await asyncio.sleep(args.seconds)
    figures = polls.figures()
    after = await _seen(service)
    print(figures)
    told = {
        "url": service.url,
        "seconds": args.seconds,
        "rate": args.rate,
        "jobs": len(paths),
        **figures.as_json(),
        **service_figures(before, after),
    }
    for name in _COMPARED:
        print(f"  {name.replace('_', ' '):<30} {told[name]}")
    if not comparable(told):
        print("The statistics did not count these polls. Measure again.", file=sys.stderr)
    if too_few(told):
        print(_TOO_FEW, file=sys.stderr)
    return Record(
        kind="baseline",
        at=time.time(),
        version=await asyncio.to_thread(code_version, PROJECT),
        ok=figures.fine and comparable(told) and not too_few(told),
        figures=told,
    )


def service_figures(before: ServiceSeen, after: ServiceSeen) -> Mapping[str, Any]:
    """What its own statistics say of the time between, all of its clients included. Pure.

    None: it does not tell, was not asked for anything, or began anew meanwhile.
    """
    names = ("total_requests", "hits", "database_reads")
    asked, hits, reads = (growth(before, after, name) for name in names)
    return {
        "requests": asked,
        "hit_rate": round(100.0 * hits / asked, 2) if asked and hits is not None else None,
        "database_reads": reads,
        "database_reads_per_1000_polls": (
            round(1000.0 * reads / asked, 2) if asked and reads is not None else None
        ),
        "entry_bytes": after.number("entry", "mean_bytes"),
        "redis_enabled": after.found("redis_enabled"),
    }


def comparable(figures: Mapping[str, Any]) -> bool:
    """Whether the service told anything of this time that a later one compares with. Pure.

    The size of an entry alone says nothing of it: a service that began anew may tell that, too.
    """
    return any(figures[name] is not None for name in _COMPARED[:2])


async def _seen(service: Service) -> ServiceSeen:
    seen = await service.seen()
    if not seen.statistics:
        why = seen.trouble or f"/api/v2/cache/stats {seen.stats}"
        raise NoBaseline(f"{service.url}: {why}. Start the service, or name it: --url")
    return seen
