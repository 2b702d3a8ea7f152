"""What the figures of one run must reach, and whether they do. Pure: ratios within the run only."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from benchmarks import contenders as who
from benchmarks.memory import EXACT, SAMPLE, SPREAD
from benchmarks.polls import NOT_MODIFIED
from benchmarks.ratios import paired, table

Figures: TypeAlias = Mapping[str, Any]
"""Those of each part, by the part's name; a part that was not measured is missing."""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """`figure` is None where what it needs was not measured."""

    text: str
    relation: Literal["at least", "at most"]
    bound: float
    figure: float | None

    @property
    def met(self) -> bool | None:
        if self.figure is None:
            return None
        more = self.relation == "at least"
        return self.figure >= self.bound if more else self.figure <= self.bound


_Row: TypeAlias = tuple[str, Literal["at least", "at most"], float, Callable[[Figures], float]]

FAST_304: Final = who.FAST.name + NOT_MODIFIED
ASGI_304: Final = who.ASGI.name + NOT_MODIFIED


def goals(figures: Figures) -> list[Goal]:
    """All of them, in order, and behind them what is held as well."""
    return [
        Goal(text=text, relation=relation, bound=bound, figure=_tried(ask, figures))
        for text, relation, bound, ask in (*_ROWS, *_ALSO)
    ]


def _tried(ask: Callable[[Figures], float], figures: Figures) -> float | None:
    try:
        return ask(figures)
    except (KeyError, ValueError):  # a peer or a whole part that is not there
        return None


def _faster(ours: str, theirs: str | Sequence[str]) -> Callable[[Figures], float]:
    """Round by round; `theirs` may be several: the best of them counts."""
    return lambda figures: _ratio(figures, "per_second", ours, _best(figures, theirs))


def _slowest(ours: str, theirs: str) -> Callable[[Figures], float]:
    return lambda figures: _ratio(figures, "p99_ms", ours, theirs)


def _ratio(figures: Figures, what: str, ours: str, theirs: str) -> float:
    rounds = figures["polls"]["rounds"]
    mine, others = ([one[name][what] for one in rounds] for name in (ours, theirs))
    return paired(mine, others).median


def _best(figures: Figures, names: str | Sequence[str]) -> str:
    """Raises ValueError where none of them was measured."""
    lines = figures["polls"]["lines"]
    measured = [name for name in ([names] if isinstance(names, str) else names) if name in lines]
    return max(measured, key=lambda name: lines[name]["per_second"]["median"])


def _polls_errors(figures: Figures) -> float:
    ours = [one.name for one in who.OURS] + [FAST_304, ASGI_304]
    return float(sum(figures["polls"]["lines"][name]["errors"] for name in ours))


def _steady(figures: Figures) -> float:
    return float(max(one["reads_per_change_and_process"] for one in figures["steady"].values()))


def _redis_weight(lot: str) -> Callable[[Figures], float]:
    """In the Redis that the run used."""

    def asked(figures: Figures) -> float:
        weights = next(iter(figures["memory"]["redis"].values()))[lot]
        return float(weights["entries"] / weights["documents"])

    return asked


def _worst_stampede(what: str) -> Callable[[Figures], float]:
    """A median would hide the one that failed."""
    return lambda figures: float(figures["stampede"][who.TALLY.name]["worst"][what])


def _times_among_100(figures: Figures) -> float:
    return float(figures["scale"]["jobs"][str(_MANY)]["times_first"]["median"])


def _share_remembered(figures: Figures) -> float:
    """Raises KeyError where there were not so many to remember, as in a quick run."""
    scale = figures["scale"]
    _ = scale["jobs"][str(_MANY)]
    return float(scale["near_entries"] / _MANY)


def _growth(figures: Figures) -> float:
    """By what the process has grown, which is no estimate of its own."""
    if _share_remembered(figures) < 1.0:
        raise ValueError("what fewer jobs weigh says nothing")
    return float(figures["scale"]["resident_bytes"] / figures["scale"]["bound_bytes"])


def _unreported(weights: Figures) -> float:
    return float(weights["resident"] / weights["reported"] - 1)


_MANY: Final = 100_000
_PYTHON_PEERS: Final = [one.name for one in who.PYTHON_PEERS]
_REDIS_PEERS: Final = [one.name for one in who.REDIS_PEERS]
_FAST, _ASGI, _HELLO = who.FAST.name, who.ASGI.name, who.HELLO.name
_ROWS: Final[tuple[_Row, ...]] = (
    ("near hit, fast lane: x raw ASGI hello world", "at least", 2.0, _faster(_FAST, _HELLO)),
    ("the same: x the best Python peer", "at least", 20.0, _faster(_FAST, _PYTHON_PEERS)),
    ("the same: x nginx's micro-cache", "at least", 1.0, _faster(_FAST, who.NGINX.name)),
    ("the same: its p99, x hello world's", "at most", 2.0, _slowest(_FAST, _HELLO)),
    ("the same: its 304, x its 200", "at least", 1.0, _faster(FAST_304, _FAST)),
    ("near hit, plain ASGI lane: x hello world", "at least", 0.85, _faster(_ASGI, _HELLO)),
    ("the same: its 304, x hello world", "at least", 1.0, _faster(ASGI_304, _HELLO)),
    ("Redis hit: x hello world", "at least", 0.65, _faster(who.REDIS.name, _HELLO)),
    (
        "Redis hit: x the best peer doing the same",
        "at least",
        4.0,
        _faster(who.REDIS.name, _REDIS_PEERS),
    ),
    ("steady state: database reads per change and process", "at most", 1.0, _steady),
    (f"near hit among {_MANY:,} jobs: x among 100", "at least", 0.8, _times_among_100),
    (f"Redis memory of a job: x its document, of {SPREAD}", "at most", 1.3, _redis_weight(SPREAD)),
    (f"the same, of {EXACT}", "at most", 1.3, _redis_weight(EXACT)),
    (f"the same, of {SAMPLE}, the sample video's", "at most", 1.3, _redis_weight(SAMPLE)),
)
_ALSO: Final[tuple[_Row, ...]] = (
    ("errors in all of Tally's polls", "at most", 0.0, _polls_errors),
    (f"share of the {_MANY:,} jobs that are in memory", "at least", 1.0, _share_remembered),
    ("growth of the process by them, x the near tier's memory bound", "at most", 1.0, _growth),
    (
        f"near memory that is not reported, of {SPREAD}: x what is reported",
        "at most",
        0.15,
        lambda figures: _unreported(figures["memory"]["process"][SPREAD]),
    ),
    ("stampede of 500: database reads, in the worst", "at most", 1.0, _worst_stampede("reads")),
    ("the same: errors, in the worst", "at most", 0.0, _worst_stampede("errors")),
    (
        "Redis frozen: errors",
        "at most",
        0.0,
        lambda figures: float(
            sum(figures["frozen"][one]["errors"] for one in (who.TALLY.name, who.REDIS.name))
        ),
    ),
)


def page(figures: Figures) -> str:
    """As two tables: the goal, the figure, met or not; and what no goal asks for."""
    every = [[*_cells(goal)] for goal in goals(figures)]
    parts = {"goal": every[: len(_ROWS)], "also held": every[len(_ROWS) :]}
    return "\n\n".join(table((head, "wanted", "figure", "met"), parts[head]) for head in parts)


def _cells(goal: Goal) -> Iterator[str]:
    yield goal.text
    yield f"{goal.relation} {goal.bound:g}"
    yield "not measured" if goal.figure is None else f"{goal.figure:.2f}"
    yield {True: "yes", False: "**no**", None: ""}[goal.met]
