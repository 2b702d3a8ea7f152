"""All parts of the bench, one after the other: `make bench`. About 15 minutes, or 2 with --quick.

Writes a page, all figures as JSON and a picture: to data/bench/ after each part, and over the kept
benchmarks/results/ once a whole run, not a quick one, has measured all.
"""

import argparse
import sys
import time
import traceback
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import goals
from benchmarks.frozen import FROZEN
from benchmarks.ground import ROOT, Ground, ground
from benchmarks.machine import machine
from benchmarks.memory import MEMORY
from benchmarks.part import Pace, add_pace, pace_of
from benchmarks.polls import POLLS
from benchmarks.report import write_report
from benchmarks.scale import SCALE
from benchmarks.stampede import STAMPEDE
from benchmarks.startup import STARTUP
from benchmarks.steady import STEADY

_DRAFT: Final = ROOT / "data" / "bench"
_RESULTS: Final = ROOT / "benchmarks" / "results"
PARTS: Final = (POLLS, STEADY, STAMPEDE, FROZEN, MEMORY, SCALE, STARTUP)


_ENOUGH_ROUNDS: Final = 5
"""For results that are kept."""


def run(here: Ground, pace: Pace) -> bool:
    """Whether all parts could be measured; what was measured is written after each."""
    facts = machine(here)
    figures: dict[str, Any] = {"machine": facts}
    for number, part in enumerate(PARTS, 1):
        print(f"\n{number}/{len(PARTS)} {part.title} ...", flush=True)
        began = time.monotonic()
        try:
            figures[part.name] = part.measure(here, pace)
            print(part.page(figures[part.name]))
        except Exception:  # the others can still be measured; the exit code tells
            traceback.print_exc()
            figures.pop(part.name, None)
        print(f"({time.monotonic() - began:.0f} s)", flush=True)
        write_report(_DRAFT, PARTS, figures, pace, facts["machine"])
    whole = len(figures) == len(PARTS) + 1
    kept = whole and pace.peers and not pace.quick and pace.rounds >= _ENOUGH_ROUNDS
    if kept:
        write_report(_RESULTS, PARTS, figures, pace, facts["machine"])
    folder = _RESULTS if kept else _DRAFT
    print(f"\nGoals\n{goals.page(figures)}\n\nWritten to {folder.relative_to(ROOT)}/bench.md")
    return whole


def main() -> int:
    parser = argparse.ArgumentParser(description="Tally's bench: all parts, side by side.")
    add_pace(parser)
    pace = pace_of(parser.parse_args())
    print(f"Measuring on this machine, about {2 if pace.quick else 15} minutes; keep it quiet.")
    with ground() as here:
        return 0 if run(here, pace) else 1


if __name__ == "__main__":
    sys.exit(main())
