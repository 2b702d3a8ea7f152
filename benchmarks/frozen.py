"""Redis frozen (SIGSTOP) under 64 clients: what still comes, and how late.

`python benchmarks/frozen.py --quick` runs this part alone. The load is our own, which says what
became of each poll; Tally's near hits outrun it, so their rate here is the load's.
"""

import asyncio
import itertools
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import contenders as who
from benchmarks.ground import Ground
from benchmarks.load import Client, Polled, run_clients
from benchmarks.part import Figures, Pace, Part, alone
from benchmarks.ratios import percentile, table
from benchmarks.serving import Running, serving

CLIENTS: Final = 64
FROZEN_SECONDS: Final = 5.0
_WARM_SECONDS: Final = 2.0


@dataclass(frozen=True, kw_only=True)
class Spans:
    """When it happened, by `time.monotonic()`."""

    began: float
    froze: float
    thawed: float
    ended: float


def measure(ground: Ground, pace: Pace) -> Figures:
    url, ids = ground.database("postgres", 100)
    span, frozen = (1.0, 2.0) if pace.quick else (3.0, FROZEN_SECONDS)
    contenders = (who.TALLY, who.REDIS, *(who.PYTHON_PEERS if pace.peers else ()))
    with serving(contenders, ground, {"postgres": url}) as running:
        return {
            name: asyncio.run(_one(ground, server, ids, span, frozen))
            for name, server in running.items()
        }


async def _one(
    ground: Ground, server: Running, ids: Sequence[str], span: float, frozen: float
) -> Figures:
    turn = itertools.cycle(server.paths(ids))
    clients = [Client(server.port, turn) for _ in range(CLIENTS)]
    whole = _WARM_SECONDS + span + frozen + span
    load = asyncio.create_task(run_clients(clients, seconds=whole))
    await asyncio.sleep(_WARM_SECONDS)
    began = time.monotonic()
    await asyncio.sleep(span)
    froze = time.monotonic()
    ground.redis.freeze()
    try:
        await asyncio.sleep(frozen)
    finally:
        ground.redis.thaw()
    thawed = time.monotonic()
    await load
    spans = Spans(began=began, froze=froze, thawed=thawed, ended=thawed + span)
    return told([poll for client in clients for poll in client.polls], spans)


def told(polls: Sequence[Polled], spans: Spans) -> Figures:
    """Rates are of good answers given in a span; times are of the polls under way while frozen.

    Pure.
    """
    healthy = _good(polls, spans.began, spans.froze)
    during = [poll for poll in polls if poll.sent < spans.thawed and poll.answered > spans.froze]
    times = [poll.seconds * 1000 for poll in during]
    return {
        "healthy_per_second": healthy,
        "frozen_per_second": _good(polls, spans.froze, spans.thawed),
        "frozen_p50_ms": percentile(times, 0.5),
        "frozen_p99_ms": percentile(times, 0.99),
        "thawed_per_second": _good(polls, spans.thawed, spans.ended),
        "errors": sum(poll.failed for poll in polls if poll.sent >= spans.began),
    }


def _good(polls: Sequence[Polled], start: float, end: float) -> float:
    count = sum(not poll.failed and start <= poll.answered < end for poll in polls)
    return count / (end - start)


def page(figures: Figures) -> str:
    head = ("", "healthy/s", "while frozen/s", "p50 ms while frozen", "p99 ms", "after/s", "errors")
    rows = [_row(name, one) for name, one in figures.items()]
    return f"{table(head, rows)}\n\n{_BELOW}"


_BELOW: Final = """\
The load is our own here, since wrk does not tell what became of each poll. Tally outruns it: its
rates are the load's, and compare with nothing above."""


def _row(name: str, one: Figures) -> list[str]:
    return [name, *("none" if figure is None else f"{figure:,.0f}" for figure in one.values())]


FROZEN: Final = Part(
    name="frozen",
    title=f"Redis frozen under {CLIENTS} clients, {FROZEN_SECONDS:g} s (2 when quick)",
    measure=measure,
    page=page,
)

if __name__ == "__main__":
    alone(FROZEN)
