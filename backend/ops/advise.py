"""`python -m ops advise`: TTL, pool size and memory, from what the service has measured.

Asks the service, changes nothing. The tables are in tuning.py, the reasons in docs/tuning.md.
"""

import json
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from ops.advice import Advice
from ops.given_numbers import between
from ops.listed_jobs import listed_jobs
from ops.measured import Census, Measured, count_jobs, given, read_measured
from ops.memory_advice import advise_memory
from ops.pool_advice import advise_pool
from ops.printable import printable
from ops.service import Service
from ops.ttl_advice import advise_ttl
from settings import Settings

ADVISERS: Final[tuple[Callable[[Measured], Advice], ...]] = (
    advise_ttl,
    advise_pool,
    advise_memory,
)
"""One for each of the guide's three tables, in its order."""
_TITLES: Final = {
    "ttl": ("TTL", ("Polling interval", "Recommended TTL", "Cache efficiency")),
    "pool": ("Connection pool", ("Concurrent users", "Pool size", "Memory impact")),
    "memory": ("Memory of Redis", ("Guide's formula", "Needed", "Recommended")),
}
_LONGEST_LINE: Final = 400
"""Characters: reasons are sentences of ours, around words of the service."""
_MOST_JOBS: Final = 1000
_LARGEST_VALUE: Final = 512 * 2**20
"""Bytes, of Redis: what proto-max-bulk-len is unless somebody raised it."""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--interval",
        type=between(0.001, 86_400),
        metavar="SECONDS",
        help="between two polls of one job",
    )
    parser.add_argument(
        "--pollers",
        type=between(1, 10_000_000),
        metavar="NUMBER",
        help="clients that poll at the same time",
    )
    parser.add_argument(
        "--entry-bytes",
        type=between(1, _LARGEST_VALUE),
        metavar="NUMBER",
        help="size of a value in Redis",
    )
    parser.add_argument(
        "--jobs",
        type=between(1, 1_000_000_000),
        metavar="NUMBER",
        help="jobs that Redis is to keep an entry of",
    )


async def run(args: Namespace, settings: Settings) -> int:
    """0: advice was given, with or without something to change; 2: nothing is known at all."""
    service = Service(args.url)
    seen = await service.seen()
    census = await _count(service, settings) if seen.statistics else None
    measured = given(
        read_measured(seen, settings, census),
        interval=args.interval,
        pollers=args.pollers,
        entry_bytes=args.entry_bytes,
        jobs=args.jobs,
    )
    advice = [advise(measured) for advise in ADVISERS]
    if not seen.statistics:
        why = seen.trouble or str(seen.stats)
        print(f"{service.url} {why}: advice from what was given alone.", file=sys.stderr)
    print(as_json(advice) if args.json else as_text(advice))
    return 0 if any(one.row for one in advice) else 2


async def _count(service: Service, settings: Settings) -> Census | None:
    documents, whole = await listed_jobs(service, most=_MOST_JOBS)
    if documents is None:
        return None
    return count_jobs(
        documents,
        now=time.time(),
        final_ttl=settings.cache_final_ttl_seconds,
        whole=whole,
    )


def as_json(advice: Sequence[Advice]) -> str:
    return json.dumps({"schema": 1, "advice": [_object(one) for one in advice]}, indent=2)


def as_text(advice: Sequence[Advice]) -> str:
    """A paragraph for each. Pure."""
    return "\n\n".join("\n".join(map(_line, _paragraph(one))) for one in advice)


def _line(text: str) -> str:
    return printable(text, longest=_LONGEST_LINE)


def _object(one: Advice) -> Mapping[str, Any]:
    """The row by the names of the guide's columns."""
    _, columns = _TITLES[one.subject]
    row = dict(zip(columns, one.row, strict=True)) if one.row else None
    return {**asdict(one), "row": row}


def _paragraph(one: Advice) -> Iterator[str]:
    title, columns = _TITLES[one.subject]
    yield title
    yield f"  measured     {one.measured}"
    if one.doubt:
        yield f"  doubtful     {one.doubt}"
    if one.row:
        cells = zip(columns, one.row, strict=True)
        yield "  guide's row  " + "; ".join(f"{name}: {cell}" for name, cell in cells)
    yield f"  now          {one.now}"
    yield f"  recommended  {one.recommended}"
    for place, reason in enumerate(one.why):
        yield f"  {'because' if place == 0 else '':<12} {reason}"
    yield f"  change       {one.change or 'nothing'}"
