"""What a part of the bench is: a measurement at a pace, and a page of it; how one runs alone."""

import argparse
import os
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
    seconds: int
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
    parser.add_argument("--rounds", type=_rounds, help="9, or 1 when quick")
    told = "of a round, whole ones: BENCH_SECONDS, else 2, or 1 when quick"
    parser.add_argument("--seconds", type=_seconds, default=seconds, help=told)


def _rounds(word: str) -> int:
    return _whole(word, "rounds are a whole number from 1 to 99", 99)


def _seconds(word: str) -> int:
    return _whole(word, "seconds (also in BENCH_SECONDS) are a whole number from 1 to 60", 60)


def _whole(word: str, wanted: str, most: int) -> int:
    if not (word.isascii() and word.isdecimal() and 1 <= int(word[:9]) <= most):
        raise argparse.ArgumentTypeError(f"{wanted}, not {word!r}")
    return int(word)


def pace_of(words: argparse.Namespace) -> Pace:
    """Makes the peers' environment."""
    rounds = words.rounds or (1 if words.quick else 9)
    seconds = words.seconds or (1 if words.quick else 2)
    return Pace(rounds=rounds, seconds=seconds, quick=words.quick, peers=set_up_peers())


def alone(part: Part, words: Sequence[str] | None = None) -> None:
    """Run this part only, and print its page; nothing is written."""
    parser = argparse.ArgumentParser(description=part.title)
    add_pace(parser)
    pace = pace_of(parser.parse_args(words))
    with ground() as here:
        print(part.page(part.measure(here, pace)))
