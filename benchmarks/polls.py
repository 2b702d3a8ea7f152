"""Polls per second of everybody on the same document, side by side: rounds interleaved, medians.

`python benchmarks/polls.py --rounds 2 --seconds 1` runs this part alone.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import contenders as who
from benchmarks.ground import Ground
from benchmarks.part import Figures, Pace, Part, alone
from benchmarks.ratios import in_turn, middle, paired, table
from benchmarks.serving import Running, nginx, serving
from benchmarks.wrk import run_wrk

JOBS: Final = 100
NOT_MODIFIED: Final = ", 304"
_WARM_SECONDS: Final = 1.0
"""Unmeasured, before each round: remembered values may have ended their lifetime meanwhile."""
_PAUSE_SECONDS: Final = 0.3
"""For what wrk left unanswered when it ended: some peers' pools have no place for both crowds."""


@dataclass(frozen=True, kw_only=True)
class Aim:
    """One line of the table: a server, what to ask it for, and with which ETag if any."""

    name: str
    server: Running
    paths: Sequence[str]
    etag: str | None = None


def competitors(pace: Pace) -> list[who.Contender]:
    peers = [*who.PYTHON_PEERS, who.PLAIN] if pace.peers else []
    front = [who.NGINX] if pace.peers and nginx() else []
    return [who.HELLO, who.LINES, *who.OURS, *peers, *front]


def measure(ground: Ground, pace: Pace) -> Figures:
    known = {kind: ground.database(kind, JOBS) for kind in ("postgres", "sqlite")}
    databases = {kind: url for kind, (url, _) in known.items()}
    with serving(competitors(pace), ground, databases) as running:
        aims = [
            aim
            for server in running.values()
            for aim in _aims(server, known[server.contender.database][1])
        ]
        for aim in aims:
            check_document(aim)
        rounds = [one_round(aims, pace.seconds, _measured, n) for n in range(pace.rounds)]
    return summary(rounds)


def _aims(server: Running, ids: Sequence[str]) -> Iterator[Aim]:
    contender = server.contender
    aim = Aim(name=contender.name, server=server, paths=server.paths(ids))
    yield aim
    if contender.name in (who.LINES.name, who.FAST.name, who.ASGI.name):
        yield replace(aim, name=contender.name + NOT_MODIFIED, etag='"1.1"')


def check_document(aim: Aim) -> None:
    """All give as many bytes, of the job asked for, and 304 where that is the line's name.

    Else the comparison means nothing. Raises ValueError.
    """
    body = aim.server.ask(aim.paths[0])
    if len(body) != 2048:
        raise ValueError(f"{aim.name} gives {len(body)} bytes: {body[:300]!r}")
    if aim.server.contender.kind != "hello":
        job_id = aim.paths[0].rpartition("/")[2]
        if json.loads(body)["id"] != job_id:
            raise ValueError(f"{aim.name} gives another job than {job_id}")
    if aim.etag is not None:
        _check_not_modified(aim, aim.etag)


def _check_not_modified(aim: Aim, etag: str) -> None:
    """Each job: one that has another ETag would be answered in full, and measured as a 304."""
    for path in aim.paths:
        status = aim.server.ask_status(path, etag=etag)
        if status != 304:
            raise ValueError(f"{aim.name} answers {status} to {path} with {etag}")


def one_round(
    aims: Sequence[Aim], seconds: float, measured: Callable[[Aim, float], Figures], number: int
) -> dict[str, Figures]:
    """Measured as neighbours, every second round backwards; told in the order of the aims."""
    place = {contender.name: place for place, contender in enumerate(who.NEIGHBOURS)}
    side_by_side = sorted(aims, key=lambda aim: place[aim.server.contender.name])
    found = {aim.name: measured(aim, seconds) for aim in in_turn(side_by_side, number)}
    return {aim.name: found[aim.name] for aim in aims}


def _measured(aim: Aim, seconds: float) -> dict[str, Any]:
    run_wrk(aim.server.port, aim.paths, seconds=_WARM_SECONDS, etag=aim.etag)
    time.sleep(_PAUSE_SECONDS)
    reads, spent = aim.server.reads(), aim.server.cpu()
    load = run_wrk(aim.server.port, aim.paths, seconds=seconds, etag=aim.etag)
    own, kernel = (after - before for before, after in zip(spent, aim.server.cpu(), strict=True))
    return {
        **asdict(load),
        "per_second": load.per_second,
        "own_us": 1e6 * own / max(1, load.answers),
        "kernel_us": 1e6 * kernel / max(1, load.answers),
        "reads": aim.server.reads() - reads,
    }


def summary(rounds: Sequence[Mapping[str, Mapping[str, Any]]]) -> Figures:
    """Of each line the medians, and its ratios to the hello world; and the rounds. Pure."""
    hello = [one[who.HELLO.name]["per_second"] for one in rounds]
    return {"lines": {name: _line(rounds, name, hello) for name in rounds[0]}, "rounds": [*rounds]}


def _line(
    rounds: Sequence[Mapping[str, Mapping[str, Any]]], name: str, hello: Sequence[float]
) -> Figures:
    mine = [one[name] for one in rounds]
    rates = [one["per_second"] for one in mine]
    answers = sum(one["answers"] for one in mine)
    return {
        "per_second": middle(rates).as_json(),
        "times_hello": paired(rates, hello).as_json(),
        "p50_ms": middle([one["p50_ms"] for one in mine]).median,
        "p99_ms": middle([one["p99_ms"] for one in mine]).median,
        "own_us": middle([one["own_us"] for one in mine]).median,
        "kernel_us": middle([one["kernel_us"] for one in mine]).median,
        "reads_per_1000": 1000 * sum(one["reads"] for one in mine) / max(1, answers),
        "errors": sum(one["errors"] for one in mine),
    }


HEAD: Final = (
    *("", "requests/s", "spread", "x hello world", "spread", "p50 ms", "p99 ms"),
    *("CPU, own us", "kernel's us", "database reads per 1,000 polls", "errors"),
)


_BELOW: Final = """

No job changes here, and a round is shorter than the peers' lifetime of 30 s (nginx's: 1 s): caches
that know nothing else have no reads for that reason alone. Peers are written as users write them:
the hand-written one reads what Redis gives into a model, and FastAPI writes that out again.
CPU is that of all processes of a line for one answer: in the code of the server, and of the kernel
on its behalf."""


def page(figures: Figures) -> str:
    return table(HEAD, [_row(name, line) for name, line in figures["lines"].items()]) + _BELOW


def _row(name: str, line: Figures) -> list[str]:
    rate, ratio = line["per_second"], line["times_hello"]
    hello = name.startswith((who.HELLO.name, who.LINES.name))
    reads = "" if hello else f"{line['reads_per_1000']:,.1f}"
    return [
        name,
        f"{rate['median']:,.0f}",
        f"{rate['least']:,.0f}-{rate['greatest']:,.0f}",
        f"{ratio['median']:.2f}",
        f"{ratio['least']:.2f}-{ratio['greatest']:.2f}",
        f"{line['p50_ms']:.1f}",
        f"{line['p99_ms']:.1f}",
        f"{line['own_us']:.1f}",
        f"{line['kernel_us']:.1f}",
        reads,
        str(line["errors"]),
    ]


POLLS: Final = Part(name="polls", title="Polls per second", measure=measure, page=page)

if __name__ == "__main__":
    alone(POLLS)
