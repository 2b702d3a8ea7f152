"""What a near hit costs as jobs grow from 100 to 100,000, and pollers from 10 to 2,000.

`python benchmarks/scale.py --quick` runs this part alone. The near tier's bounds are raised so
that all jobs fit; the rounds of the sizes are interleaved.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.contenders import LANE, tally
from benchmarks.ground import Ground
from benchmarks.part import Figures, Pace, Part, alone
from benchmarks.ratios import middle, paired, table
from benchmarks.serving import Running, serving
from benchmarks.wrk import CONNECTIONS, Round, run_wrk

SIZES: Final = (100, 1_000, 10_000, 100_000)
_QUICK_SIZES: Final = (100, 2_000)
POLLERS: Final = (10, 100, 500, 2_000)
_QUICK_POLLERS: Final = (10, 500)
BOUND_BYTES: Final = 320 * 2**20
_BATCH: Final = 100
_ROUNDS: Final = 3
"""At most: what is compared here lies further apart than machines are noisy."""


def measure(ground: Ground, pace: Pace) -> Figures:
    sizes = _QUICK_SIZES if pace.quick else SIZES
    crowds = _QUICK_POLLERS if pace.quick else POLLERS
    url, ids = ground.database("postgres", max(sizes))
    knobs = {"CACHE_NEAR_MAX_ENTRIES": str(max(SIZES)), "CACHE_NEAR_MAX_BYTES": str(BOUND_BYTES)}
    contender = tally("Tally, with many jobs", http=LANE, settings=knobs)
    with serving([contender], ground, {"postgres": url}) as running:
        server, rounds = running[contender.name], min(_ROUNDS, pace.rounds)
        _remember(server, ids)
        paths, reads = server.paths(ids), server.reads()

        def of_jobs(count: int) -> Round:
            return _polled(server, paths[:count], pace, CONNECTIONS)

        def of_pollers(count: int) -> Round:
            return _polled(server, paths[:100], pace, count)

        figures = {
            "jobs": _told(_interleaved(sizes, of_jobs, rounds)),
            "pollers": _told(_interleaved(crowds, of_pollers, rounds)),
        }
        near = server.statistics()["near"]
        return {
            **figures,
            "near_entries": near["entries"],
            "near_bytes": near["bytes"],
            "bound_bytes": BOUND_BYTES,
            "resident_bytes": server.memory(),
            "reads": server.reads() - reads,
        }


def _remember(server: Running, ids: Sequence[str]) -> None:
    """All jobs are in memory from now on; in batches, or the database would need minutes."""
    for start in range(0, len(ids), _BATCH):
        server.ask(f"/api/v2/jobs/batch?ids={','.join(ids[start : start + _BATCH])}")


def _polled(server: Running, paths: Sequence[str], pace: Pace, connections: int) -> Round:
    return run_wrk(server.port, paths, seconds=pace.seconds, connections=connections)


def _interleaved(
    steps: Iterable[int], measured: Callable[[int], Round], rounds: int
) -> dict[int, list[Round]]:
    found: dict[int, list[Round]] = {step: [] for step in steps}
    for _ in range(rounds):
        for step, seen in found.items():
            seen.append(measured(step))
    return found


def _told(found: dict[int, list[Round]]) -> Figures:
    """Of each step the medians, and its rate in multiples of the first step's. Pure."""
    first = [one.per_second for one in next(iter(found.values()))]
    return {
        str(step): {
            "per_second": middle([one.per_second for one in seen]).as_json(),
            "times_first": paired([one.per_second for one in seen], first).as_json(),
            "p50_ms": middle([one.p50_ms for one in seen]).median,
            "p99_ms": middle([one.p99_ms for one in seen]).median,
            "errors": sum(one.errors for one in seen),
        }
        for step, seen in found.items()
    }


def page(figures: Figures) -> str:
    megabytes = [figures[key] / 2**20 for key in ("near_bytes", "bound_bytes", "resident_bytes")]
    near = "{:,.0f} MiB of {:,.0f} MiB allowed (process: {:,.0f} MiB)".format(*megabytes)
    return "\n\n".join(
        [
            table(("jobs", *_HEAD), _rows(figures["jobs"])),
            table(("pollers", *_HEAD), _rows(figures["pollers"])),
            f"The near tier had {figures['near_entries']:,} jobs in {near}; "
            f"{figures['reads']} polls read the database.",
        ]
    )


_HEAD: Final = ("requests/s", "x the first", "p50 ms", "p99 ms", "errors")


def _rows(steps: Figures) -> list[list[str]]:
    return [
        [
            f"{int(step):,}",
            f"{one['per_second']['median']:,.0f}",
            f"{one['times_first']['median']:.2f}",
            f"{one['p50_ms']:.1f}",
            f"{one['p99_ms']:.1f}",
            str(one["errors"]),
        ]
        for step, one in steps.items()
    ]


SCALE: Final = Part(
    name="scale", title="Near hits as jobs and pollers grow", measure=measure, page=page
)

if __name__ == "__main__":
    alone(SCALE)
