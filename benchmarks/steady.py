"""The steady state: 100 jobs that each change once a second, 1,000 pollers, two API processes.

`python benchmarks/steady.py --quick` runs this part alone. Counts database reads per change and
process; the polls carry the version that the client has, as good clients' do. Where jobs hardly
changed, nothing was measured.
"""

import asyncio
import itertools
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import contenders as who
from benchmarks.contenders import LANE, tally
from benchmarks.ground import OURS, Ground, environment
from benchmarks.load import Client, Polled, run_clients
from benchmarks.part import Figures, Pace, Part, alone
from benchmarks.ratios import percentile, table
from benchmarks.serving import Running, serving

JOBS: Final = 100
POLLERS: Final = 1000
EVERY: Final = 1.0
"""Seconds between two polls of one poller."""
PROCESSES: Final = 2
_ENOUGH: Final = 0.9
"""Of the changes that were due: else an idle cache would pass for a good one."""
_SETTLE_SECONDS: Final = 4.0
"""Unmeasured: each process meets each job for the first time, by one read."""


def measure(ground: Ground, pace: Pace) -> Figures:
    seconds = 4.0 if pace.quick else 15.0
    return {
        "with Redis": _state(ground, seconds, {}),
        "without Redis": _state(ground, seconds, {"REDIS_URL": "none"}),
    }


def _state(ground: Ground, seconds: float, knobs: dict[str, str]) -> Figures:
    url, ids = ground.database("postgres", JOBS, running=True)
    twins = [tally(f"{who.FAST.name}, {n}", http=LANE, settings=knobs) for n in range(PROCESSES)]
    with serving(twins, ground, {"postgres": url}) as running:
        servers = [*running.values()]
        env = environment(OURS | ground.tally(url, **knobs))
        words = [sys.executable, "-m", "benchmarks.changer"]
        words += [str(seconds + 2 * _SETTLE_SECONDS), *ids]
        with subprocess.Popen(words, env=env, stdout=subprocess.PIPE) as changer:
            try:
                assert changer.stdout
                changer.stdout.readline()  # it has begun
                return asyncio.run(_watched(servers, ids, seconds))
            finally:
                changer.terminate()


async def _watched(servers: Sequence[Running], ids: Sequence[str], seconds: float) -> Figures:
    pairs = itertools.cycle(itertools.product(servers, ids))  # each process has all jobs
    clients = [_poller(*next(pairs)) for _ in range(POLLERS)]
    await run_clients(clients, seconds=_SETTLE_SECONDS, every=EVERY)
    reads, versions = await asyncio.to_thread(_counts, servers, ids)
    for client in clients:
        client.polls.clear()
    await run_clients(clients, seconds=seconds, every=EVERY)
    reads_after, versions_after = await asyncio.to_thread(_counts, servers, ids)
    polls = [poll for client in clients for poll in client.polls]
    changes = versions_after - versions
    return told(polls, seconds=seconds, changes=changes, reads=reads_after - reads)


def _poller(server: Running, job_id: str) -> Client:
    (path,) = server.paths([job_id])
    return Client(server.port, itertools.repeat(path), conditional=True)


def _counts(servers: Sequence[Running], ids: Sequence[str]) -> tuple[int, int]:
    """All reads for polls so far, and the sum of the jobs' versions: how often they changed."""
    reads = sum(server.reads() for server in servers)
    return reads, sum(_version(servers[0], path) for path in servers[0].paths(ids))


def _version(server: Running, path: str) -> int:
    return int(server.ask(path).partition(b'"version":')[2].partition(b",")[0])


def told(polls: Sequence[Polled], *, seconds: float, changes: int, reads: int) -> Figures:
    """Pure. Raises ValueError where too little changed."""
    due = round(JOBS * seconds)
    if changes < _ENOUGH * due:
        raise ValueError(f"only {changes} of {due} changes happened")
    times = [poll.seconds * 1000 for poll in polls]
    return {
        "polls": len(polls),
        "changes": changes,
        "due": due,
        "reads": reads,
        "reads_per_change_and_process": reads / changes / PROCESSES,
        "p50_ms": percentile(times, 0.5),
        "p99_ms": percentile(times, 0.99),
        "errors": sum(poll.failed for poll in polls),
    }


def page(figures: Figures) -> str:
    head = ("", "polls", "changes", "database reads", "per change and process", "p50 ms", "p99 ms")
    rows = [_row(name, one) for name, one in figures.items()]
    return table((*head, "errors"), rows) + _BELOW


_BELOW: Final = """

Reads are those that polls caused; the feed's own, of the rows that changed, are none of them."""


def _row(name: str, one: Figures) -> list[str]:
    counts = [f"{one[key]:,}" for key in ("polls", "changes", "reads")]
    times = [f"{one[key] or 0:.1f}" for key in ("p50_ms", "p99_ms")]
    return [name, *counts, f"{one['reads_per_change_and_process']:.3f}", *times, str(one["errors"])]


STEADY: Final = Part(
    name="steady",
    title=f"Steady state: {JOBS} jobs changing once a second, {POLLERS:,} pollers, "
    f"{PROCESSES} processes",
    measure=measure,
    page=page,
)

if __name__ == "__main__":
    alone(STEADY)
