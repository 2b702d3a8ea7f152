"""What remembered jobs weigh: in the API process, as it reports it, and in Redis.

`python benchmarks/memory.py --quick` runs this part alone. Beside it stands what the deployment
guide estimates: 2 KB an entry. For Linux: elsewhere nothing tells the resident size.
"""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.contenders import LANE, tally
from benchmarks.ground import Ground
from benchmarks.load import Client
from benchmarks.part import Figures, Pace, Part, alone
from benchmarks.ratios import table
from benchmarks.serving import Running, serving

JOBS: Final = 10_000
_QUICK_JOBS: Final = 1_000
DOCUMENT: Final = 2048
GUIDE: Final = 2048
"""Bytes of an entry, by the guide."""
_CLIENTS: Final = 16
_SOME: Final = 200
"""Polled before anything is weighed, so that what is loaded once counts for nobody."""
_PASSES: Final = 2
"""The first poll brings a job into memory, the second makes the lane's answer of it."""


def measure(ground: Ground, pace: Pace) -> Figures:
    jobs = _QUICK_JOBS if pace.quick else JOBS
    url, ids = ground.database("postgres", jobs + _SOME)
    knobs = {"CACHE_NEAR_MAX_ENTRIES": str(2 * JOBS), "CACHE_NEAR_MAX_BYTES": str(2**30)}
    ground.redis.ask("FLUSHALL")
    contender = tally("Tally, whose memory is weighed", http=LANE, settings=knobs)
    with serving([contender], ground, {"postgres": url}) as running:
        server = running[contender.name]
        asyncio.run(_poll_each(server, ids[:_SOME]))
        before = _weigh(server, ground)
        asyncio.run(_poll_each(server, ids[_SOME:]))
        after = _weigh(server, ground)
    ground.redis.ask("FLUSHALL")
    return told({name: after[name] - before[name] for name in before})


async def _poll_each(server: Running, ids: Sequence[str]) -> None:
    for _ in range(_PASSES):
        turn = iter(server.paths(ids))
        await asyncio.gather(*(_poll_all(server.port, turn) for _ in range(_CLIENTS)))


async def _poll_all(port: int, turn: Iterator[str]) -> None:
    client = Client(port)
    for path in turn:
        await client.poll(path)
    client.hang_up()
    failed = sum(poll.failed for poll in client.polls)
    if failed:
        raise ValueError(f"{failed} of {len(client.polls)} polls failed")


def _weigh(server: Running, ground: Ground) -> dict[str, int]:
    near = server.statistics()["near"]
    return {
        "resident": server.memory(),
        "near_bytes": near["bytes"],
        "near_entries": near["entries"],
        "redis_bytes": int(ground.redis.facts("INFO memory")["used_memory"]),
        "redis_entries": int(ground.redis.ask("DBSIZE")),
    }


def told(grown: dict[str, int]) -> Figures:
    """Bytes per job, of what has grown. Pure."""
    near, redis = max(1, grown["near_entries"]), max(1, grown["redis_entries"])
    return {
        "jobs": grown["near_entries"],
        "resident_per_job": grown["resident"] / near,
        "reported_per_job": grown["near_bytes"] / near,
        "redis_entries": grown["redis_entries"],
        "redis_per_job": grown["redis_bytes"] / redis,
        "redis_per_document": grown["redis_bytes"] / redis / DOCUMENT,
    }


def page(figures: Figures) -> str:
    rows = [
        _row("API process, resident", figures["jobs"], figures["resident_per_job"]),
        _row("near tier, as reported", figures["jobs"], figures["reported_per_job"]),
        _row("Redis, used_memory", figures["redis_entries"], figures["redis_per_job"]),
        _row("the guide's estimate", figures["jobs"], GUIDE),
    ]
    return table(("", "jobs", "bytes a job", "x its document", "MB per 10,000"), rows)


def _row(name: str, jobs: int, size: float) -> list[str]:
    return [name, f"{jobs:,}", f"{size:,.0f}", f"{size / DOCUMENT:.2f}", f"{size / 100:,.1f}"]


MEMORY: Final = Part(
    name="memory", title=f"Memory, documents of {DOCUMENT:,} bytes", measure=measure, page=page
)

if __name__ == "__main__":
    alone(MEMORY)
