"""What a near hit costs as jobs grow from 100 to 100,000, and pollers from 10 to 2,000.

`python benchmarks/scale.py --quick` runs this part alone. The fewest jobs are asked of a second
process, which has no more of them: a hundred among many cost more. The near tier's bounds are
raised so that all fit; the rounds of the sizes are interleaved. A hello world gets the same load at
both ends: what it loses there is the load's own, or the sockets'. There is no Redis, which a near
hit does not ask: a hundred thousand jobs are in memory the sooner.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.contenders import HELLO, LANE, Contender, tally
from benchmarks.ground import Ground
from benchmarks.part import Figures, Pace, Part, alone
from benchmarks.ratios import in_turn, middle, paired, table
from benchmarks.serving import Running, serving
from benchmarks.wrk import Round, run_wrk

SIZES: Final = (100, 1_000, 10_000, 100_000)
_QUICK_SIZES: Final = (100, 2_000)
POLLERS: Final = (10, 100, 500, 2_000)
_QUICK_POLLERS: Final = (10, 500)
BOUND_ENTRIES: Final = max(SIZES)
BOUND_BYTES: Final = 384 * 2**20
_BATCH: Final = 100
_FEW: Final = 100
_SLOW: Final = 10_000
"""Polls a second that it surely answers."""
_SMALL, _LARGE = "Tally, with few jobs", "Tally, with many jobs"
_HELLO: Final = "hello world, "
_ROUNDS: Final = 3
"""At most: what is compared here lies further apart than machines are noisy."""

Load: TypeAlias = Callable[[Running, int], Round]
"""On a server, of so many jobs or pollers."""
Steps: TypeAlias = Mapping[str, Sequence[Round]]
"""The rounds of each step, by its name."""


def measure(ground: Ground, pace: Pace) -> Figures:
    sizes = _QUICK_SIZES if pace.quick else SIZES
    crowds = _QUICK_POLLERS if pace.quick else POLLERS
    url, ids = ground.database("postgres", max(sizes))
    contenders = [_tally(_SMALL), _tally(_LARGE), HELLO]
    with serving(contenders, ground, {"postgres": url}) as running:
        small, server, hello = (running[one.name] for one in contenders)
        rounds, resident = min(_ROUNDS, pace.rounds), server.memory()
        _remember(small, ids[: sizes[0]])
        _remember(server, ids)
        reads = small.reads() + server.reads()

        def of_jobs(one: Running, count: int) -> Round:
            return run_wrk(one.port, one.paths(ids[:count]), seconds=pace.seconds)

        def of_pollers(one: Running, count: int) -> Round:
            few = one.paths(ids[:_FEW])
            return run_wrk(
                one.port, few, seconds=pace.seconds, connections=count, connect_first=True
            )

        run_wrk(small.port, small.paths(ids[: sizes[0]]), seconds=1)
        run_wrk(server.port, server.paths(ids), seconds=len(ids) / _SLOW)  # each once: unmeasured
        figures = {
            "jobs": told(_interleaved(steps(small, server, hello, sizes), of_jobs, rounds)),
            "pollers": told(_interleaved(steps(server, server, hello, crowds), of_pollers, rounds)),
        }
        near = server.statistics()["near"]
        return {
            **figures,
            "near_entries": near["entries"],
            "near_bytes": near["bytes"],
            "bound_bytes": BOUND_BYTES,
            "resident_bytes": server.memory() - resident,
            "reads": small.reads() + server.reads() - reads,
        }


def _tally(name: str) -> Contender:
    knobs = {"CACHE_NEAR_MAX_ENTRIES": str(BOUND_ENTRIES), "CACHE_NEAR_MAX_BYTES": str(BOUND_BYTES)}
    return tally(name, http=LANE, settings={**knobs, "REDIS_URL": "none"})


def _remember(server: Running, ids: Sequence[str]) -> None:
    """All jobs are in memory from now on; in batches, or the database would need minutes."""
    for start in range(0, len(ids), _BATCH):
        server.ask(f"/api/v2/jobs/batch?ids={','.join(ids[start : start + _BATCH])}")


def steps(
    first: Running, others: Running, hello: Running, counts: Sequence[int]
) -> list[tuple[Running, int]]:
    """Who is asked with each count: `hello` with the least and the greatest only."""
    ours = [(first, counts[0]), *((others, count) for count in counts[1:])]
    return [*ours, (hello, counts[0]), (hello, counts[-1])]


def _interleaved(asked: Sequence[tuple[Running, int]], load: Load, rounds: int) -> Steps:
    found: dict[str, list[Round]] = {}
    for number in range(rounds):
        for one, count in in_turn(asked, number):
            found.setdefault(_name(one, count), []).append(load(one, count))
    return found


def _name(server: Running, count: int) -> str:
    return _HELLO + str(count) if server.contender.kind == "hello" else str(count)


def told(found: Steps) -> Figures:
    """Of each step the medians, and its rate in multiples of the same server's first. Pure."""
    return {name: _step(rounds, found[_first(name, found)]) for name, rounds in found.items()}


def _first(name: str, found: Steps) -> str:
    hellos = name.startswith(_HELLO)
    return next(other for other in found if other.startswith(_HELLO) == hellos)


def _step(rounds: Sequence[Round], first: Sequence[Round]) -> Figures:
    rates, firsts = ([one.per_second for one in some] for some in (rounds, first))
    return {
        "per_second": middle(rates).as_json(),
        "times_first": paired(rates, firsts).as_json(),
        "p50_ms": middle([one.p50_ms for one in rounds]).median,
        "p99_ms": middle([one.p99_ms for one in rounds]).median,
        "errors": sum(one.errors for one in rounds),
    }


def page(figures: Figures) -> str:
    megabytes = [figures[key] / 2**20 for key in ("near_bytes", "bound_bytes", "resident_bytes")]
    near = "{:,.0f} MiB of {:,.0f} MiB allowed (the process grew by {:,.0f} MiB)"
    return "\n\n".join(
        [
            table(("jobs", *_HEAD), [*_rows(figures["jobs"])]),
            _BELOW_JOBS,
            table(("pollers", *_HEAD), [*_rows(figures["pollers"])]),
            f"The near tier had {figures['near_entries']:,} jobs in {near.format(*megabytes)}; "
            f"{figures['reads']} polls read the database.",
        ]
    )


_BELOW_JOBS: Final = f"""\
Tally's first step is asked of a process that has no other jobs, the rest of one that holds them
all. The near tier's bounds were raised for this, to {BOUND_ENTRIES:,} entries and
{BOUND_BYTES >> 20} MiB: the defaults hold 10,000 entries and 64 MiB. The pollers below ask the
process that holds all, for {_FEW} of its jobs, once all are connected: wrk does more for each
request then, and those rates compare with each other only."""
_HEAD: Final = ("requests/s", "x its first", "p50 ms", "p99 ms", "errors")


def _rows(steps: Figures) -> Iterator[list[str]]:
    for name, one in steps.items():
        count = int(name.removeprefix(_HELLO))
        yield [
            f"{_HELLO if name.startswith(_HELLO) else ''}{count:,}",
            f"{one['per_second']['median']:,.0f}",
            f"{one['times_first']['median']:.2f}",
            f"{one['p50_ms']:.1f}",
            f"{one['p99_ms']:.1f}",
            str(one["errors"]),
        ]


SCALE: Final = Part(
    name="scale", title="Near hits as jobs and pollers grow", measure=measure, page=page
)

if __name__ == "__main__":
    alone(SCALE)
