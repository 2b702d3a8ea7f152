"""Writes what a run found: a page, all figures as JSON, and a picture. Decides nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from benchmarks import goals, plot
from benchmarks.part import Pace, Part

_HOW: Final = """One core serves, the other has the load, Redis and PostgreSQL. Where nothing else
is said, all give the same documents of 2,048 bytes, of 100 jobs, to 64 connections. Polls and
starts are measured in these rounds, growth in three of them: they are interleaved, figures are
medians, and ratios are taken round by round. Stampedes are three each, one after the other; steady
state, frozen Redis and memory are measured once. Machines differ and are noisy: trust the ratios.
`docs/decisions/0014-bench.md` says why it is measured so, and what is left out."""

_BESIDE: Final = """A figure is of this run alone, and "not measured" is neither met nor missed. The
fault bench, with the fast lane on, is `make soak`."""


def write_report(
    folder: Path, parts: Sequence[Part], figures: Mapping[str, Any], pace: Pace, machine: str
) -> None:
    """`figures` by the part's name; parts that are missing there are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {"pace": asdict(pace), "goals": _goals(figures), **figures}
    (folder / "bench.json").write_text(json.dumps(found, indent=1) + "\n")
    (folder / "bench.md").write_text(written(parts, figures, pace, machine))
    if "polls" in figures:
        note = f"{machine}, 2 KB documents, median and spread of {pace.rounds} rounds"
        shown = plot.bars(figures["polls"]["lines"])
        (folder / "polls.svg").write_text(plot.picture(shown, note=note))


def _goals(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{**asdict(goal), "met": goal.met} for goal in goals.goals(figures)]


def written(parts: Sequence[Part], figures: Mapping[str, Any], pace: Pace, machine: str) -> str:
    """The page. Pure."""
    facts = "\n".join(f"- {name}: {fact}" for name, fact in figures.get("machine", {}).items())
    blocks = [
        "# Figures",
        f"Made by `make bench`{' in its quick form: no real figures' if pace.quick else ''}; "
        f"{pace.rounds} rounds of {pace.seconds} s. {machine}.",
        _HOW,
        "![Polls per second on one core](polls.svg)" if "polls" in figures else "",
        "## Goals",
        goals.page(figures),
        _BESIDE,
    ]
    for part in parts:
        if part.name in figures:
            blocks += [f"## {part.title}", part.page(figures[part.name])]
    blocks += ["## Machine and versions", facts]
    return "\n\n".join(block for block in blocks if block) + "\n"
