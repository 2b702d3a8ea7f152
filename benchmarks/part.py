"""What a part of the bench is: a measurement at a pace, and a page of it; how one runs alone."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from benchmarks.ground import Ground, ground
from benchmarks.peer_setup import set_up_peers

Figures: TypeAlias = dict[str, Any]
"""What was measured, ready for JSON."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How long to measure. `seconds` is that of one round; whole ones, as wrk has no others."""

    rounds: int
    seconds: float
    quick: bool
    peers: bool


@dataclass(frozen=True, kw_only=True)
class Part:
    """`title` says what it finds out; `page` makes a piece of Markdown of the figures."""

    name: str
    title: str
    measure: Callable[[Ground, Pace], Figures]
    page: Callable[[Figures], str]


def add_pace(parser: argparse.ArgumentParser) -> None:
    seconds = os.environ.get("BENCH_SECONDS") or None
    parser.add_argument("--quick", action="store_true", help="see that it works; no real figures")
    parser.add_argument("--rounds", type=int, help="9, or 1 when quick")
    parser.add_argument(
        "--seconds", type=float, default=seconds, help="of a round: 2 or BENCH_SECONDS, 1 if quick"
    )


def pace_of(words: argparse.Namespace) -> Pace:
    """Ends with one line where a number is no good; makes the peers' environment."""
    rounds = words.rounds if words.rounds is not None else (1 if words.quick else 9)
    seconds = words.seconds if words.seconds is not None else (1.0 if words.quick else 2.0)
    if rounds < 1 or not 1 <= seconds <= 60:
        sys.exit("--rounds must be at least 1, and --seconds (or BENCH_SECONDS) from 1 to 60.")
    return Pace(rounds=rounds, seconds=seconds, quick=words.quick, peers=set_up_peers())


def alone(part: Part, words: Sequence[str] | None = None) -> None:
    """Run this part only, and print its page; nothing is written."""
    parser = argparse.ArgumentParser(description=part.title)
    add_pace(parser)
    pace = pace_of(parser.parse_args(words))
    with ground() as here:
        print(part.page(part.measure(here, pace)))
