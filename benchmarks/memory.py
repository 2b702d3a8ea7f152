"""What remembered jobs weigh: in the API process, as it reports it, and in Redis and Valkey.

`python benchmarks/memory.py --quick` runs this part alone. Documents come in three lots: of 2,048
bytes, as everywhere in the bench; of 1 to 4 KB, since clients' metadata is what it is; and of the
sizes that jobs of the sample video have. Beside them stands what the deployment guide estimates,
2 KB an entry. For Linux: elsewhere nothing tells the resident size.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.contenders import LANE, tally
from benchmarks.ground import DOCUMENT, OURS, Ground, environment
from benchmarks.load import Client
from benchmarks.part import Figures, Pace, Part, alone
from benchmarks.ratios import table
from benchmarks.serving import Running, serving
from benchmarks.sizes import sizes
from dev_servers import RedisFlavour, RedisServer, redis_flavours

JOBS: Final = 10_000
_QUICK_JOBS: Final = 1_000
GUIDE: Final = 2048
"""Bytes of an entry, by the guide."""
EXACT, SPREAD, SAMPLE = "2,048 bytes", "1 to 4 KB", "0.7 to 1.8 KB"
LOTS: Final[Mapping[str, tuple[int, int]]] = {
    SPREAD: (1024, 4096),
    EXACT: (DOCUMENT, DOCUMENT),
    SAMPLE: (750, 1800),
}
_CLIENTS: Final = 16
_SOME: Final = 200
"""Polled before anything is weighed, so that what is loaded once counts for nobody."""
_PASSES: Final = 2
"""The first poll brings a job into memory, the second makes the lane's answer of it."""
_SECONDS: Final = 60


def measure(ground: Ground, pace: Pace) -> Figures:
    jobs = _QUICK_JOBS if pace.quick else JOBS
    flavours = redis_flavours()
    return {
        "jobs": jobs,
        "guide": GUIDE,
        "process": {lot: _in_process(ground, jobs, *ends) for lot, ends in LOTS.items()},
        "redis": {one.name: _in_redis(one, jobs) for one in flavours},
    }


def _in_redis(flavour: RedisFlavour, jobs: int) -> Figures:
    with RedisServer(flavour.binary) as server:
        info = server.facts("INFO server")
        return {
            "version": info.get("valkey_version") or info.get("redis_version", ""),
            **{lot: _weights(server, jobs, *ends) for lot, ends in LOTS.items()},
        }


def _weights(server: RedisServer, *numbers: int) -> Figures:
    """Bytes of a job: of its document, of its entry in Redis, of the bare document in Redis."""
    words = [sys.executable, "-m", "benchmarks.redis_weight", str(server.port)]
    done = subprocess.run(
        [*words, *map(str, numbers)],
        env=environment(OURS),
        stdout=subprocess.PIPE,
        check=True,
        timeout=_SECONDS,
    )
    return dict(json.loads(done.stdout))


def _in_process(ground: Ground, jobs: int, *ends: int) -> Figures:
    url, ids = ground.database("postgres", jobs + _SOME, between=(min(ends), max(ends)))
    knobs = {"CACHE_NEAR_MAX_ENTRIES": str(2 * JOBS), "CACHE_NEAR_MAX_BYTES": str(2**30)}
    knobs["REDIS_URL"] = "none"
    contender = tally("Tally, whose memory is weighed", http=LANE, settings=knobs)
    with serving([contender], ground, {"postgres": url}) as running:
        server = running[contender.name]
        asyncio.run(_poll_each(server, ids[:_SOME]))
        before = _weigh(server)
        asyncio.run(_poll_each(server, ids[_SOME:]))
        after = _weigh(server)
    of_sizes = sizes(jobs + _SOME, min(ends), max(ends))[_SOME:]
    return told({name: after[name] - before[name] for name in before}, sum(of_sizes))


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


def _weigh(server: Running) -> dict[str, int]:
    near = server.statistics()["near"]
    return {"resident": server.memory(), "reported": near["bytes"], "jobs": near["entries"]}


def told(grown: Mapping[str, int], documents: int) -> Figures:
    """Bytes of a job, by what has grown; `documents` are the bytes of all documents. Pure."""
    jobs = max(1, grown["jobs"])
    return {
        "documents": documents / jobs,
        **{name: grown[name] / jobs for name in ("resident", "reported")},
    }


def page(figures: Figures) -> str:
    rows = [row for lot in LOTS for row in _rows(figures, lot)]
    head = ("documents", "jobs", "a document", "a job", "x its document", "MB per 10,000")
    return "\n\n".join(
        [
            table(("where", *head), rows),
            f"Bytes each. The deployment guide's estimate is {GUIDE:,} a job: "
            f"{GUIDE / 100:.1f} MB per 10,000. A bare value is the document alone with a lifetime, "
            "what any cache of the same bytes needs in that Redis.",
        ]
    )


def _rows(figures: Figures, lot: str) -> Iterator[list[str]]:
    one = figures["process"][lot]
    yield _row(figures, "API process, resident", lot, one, "resident")
    yield _row(figures, "near tier, as it reports", lot, one, "reported")
    for name, weights in figures["redis"].items():
        server = f"{name.capitalize()} {weights['version']}"
        yield _row(figures, server, lot, weights[lot], "entries")
        yield _row(figures, f"{server}, bare value", lot, weights[lot], "bare")


def _row(figures: Figures, name: str, lot: str, one: Figures, key: str) -> list[str]:
    size, document = one[key], one["documents"]
    cells = (f"{document:,.0f}", f"{size:,.0f}", f"{size / document:.2f}", f"{size / 100:,.1f}")
    return [name, lot, f"{figures['jobs']:,}", *cells]


MEMORY: Final = Part(name="memory", title="Memory of remembered jobs", measure=measure, page=page)

if __name__ == "__main__":
    alone(MEMORY)
