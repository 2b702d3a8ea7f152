"""Five hundred polls at once of a job that no cache has yet, over a database 50 ms away.

`python benchmarks/stampede.py --quick` runs this part alone.
"""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import contenders as who
from benchmarks.ground import Ground
from benchmarks.load import Client, Polled
from benchmarks.part import Figures, Pace, Part, alone
from benchmarks.ratios import percentile, table
from benchmarks.serving import Running, serving
from benchmarks.slow_link import SlowLink

CLIENTS: Final = 500
DELAY: Final = 0.05
_PATIENCE: Final = 30.0
_COUNTS: Final = ("reads", "errors")
_TRIES: Final = 3
"""And one before that, unmeasured: in it connections to the database are made, some four round
trips of 50 ms each, which is the price of a first poll and not of a stampede."""


def measure(ground: Ground, pace: Pace) -> Figures:
    tries = 1 if pace.quick else _TRIES
    url, ids = ground.database("postgres", 1 + tries)
    figures: Figures = {}
    contenders = (who.TALLY, *(who.PYTHON_PEERS if pace.peers else ()))
    with (
        SlowLink(ground.postgres.port) as link,
        serving(contenders, ground, {"postgres": link.url(url)}) as running,
    ):
        link.delay = DELAY
        for name, server in running.items():
            asyncio.run(_crowd(server.port, server.paths(ids)[0]))
            figures[name] = summary([*_stampedes(server, ids[1:])])
        link.delay = 0.0
    return figures


def _stampedes(server: Running, ids: Sequence[str]) -> Iterator[Figures]:
    for path in server.paths(ids):
        before = server.reads()
        polls = asyncio.run(_crowd(server.port, path))
        yield {**told(polls), "reads": server.reads() - before}


async def _crowd(port: int, path: str) -> list[Polled]:
    """All connect first, and then ask at once."""
    clients = [Client(port) for _ in range(CLIENTS)]
    for client in clients:
        await client.connect()
    asked = [asyncio.create_task(client.poll(path)) for client in clients]
    _, late = await asyncio.wait(asked, timeout=_PATIENCE)
    for task in late:
        task.cancel()
    await asyncio.gather(*asked, return_exceptions=True)
    for client in clients:
        client.hang_up()
    return [poll for client in clients for poll in client.polls]


def told(polls: Sequence[Polled]) -> Figures:
    """What came of one stampede. Pure."""
    times = [poll.seconds * 1000 for poll in polls]
    return {
        "errors": sum(poll.failed for poll in polls),
        "p50_ms": percentile(times, 0.5),
        "p99_ms": percentile(times, 0.99),
    }


def summary(stampedes: Sequence[Figures]) -> Figures:
    """The medians, and the worst of what must not happen even once. Pure."""
    medians = {name: median([one[name] for one in stampedes]) for name in stampedes[0]}
    return {**medians, "worst": {key: max(one[key] for one in stampedes) for key in _COUNTS}}


def page(figures: Figures) -> str:
    rows = [
        [
            name,
            *(_count(one, key) for key in _COUNTS),
            *(f"{one[key]:,.0f}" for key in ("p50_ms", "p99_ms")),
        ]
        for name, one in figures.items()
    ]
    head = ["", "database reads", f"errors of {CLIENTS}", "p50 ms", "p99 ms"]
    return f"{table(head, rows)}\n\n{_BELOW}"


_BELOW: Final = """\
The hand-written one is a pool of redis-py's, which has 100 connections by default and refuses the
101st: those are its errors."""


def _count(one: Figures, key: str) -> str:
    middle, worst = one[key], one["worst"][key]
    return f"{middle:,.0f}" + (f" (worst {worst:,.0f})" if worst > middle else "")


STAMPEDE: Final = Part(
    name="stampede",
    title=f"Stampede: {CLIENTS} polls at once of a job not yet cached, database 50 ms away",
    measure=measure,
    page=page,
)

if __name__ == "__main__":
    alone(STAMPEDE)
