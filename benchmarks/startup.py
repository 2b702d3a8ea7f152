"""How long a start takes, on one core: to the first answer of /livez, and of /readyz.

`python benchmarks/startup.py --quick` runs this part alone.
"""

import contextlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import contenders as who
from benchmarks.contenders import Contender
from benchmarks.ground import SERVERS, Ground, pin
from benchmarks.part import Figures, Pace, Part, alone
from benchmarks.ratios import middle, table
from benchmarks.serving import Running, start

_SECONDS: Final = 60.0
_PAUSE: Final = 0.01


def measure(ground: Ground, pace: Pace) -> Figures:
    known = {kind: ground.database(kind, 1)[0] for kind in ("postgres", "sqlite")}
    contenders = (who.HELLO, who.FAST, who.SQLITE, *((who.PLAIN,) if pace.peers else ()))
    found: dict[str, list[dict[str, float]]] = {one.name: [] for one in contenders}
    for _ in range(pace.rounds):
        for contender in contenders:
            begun = _started(contender, ground, known[contender.database])
            found[contender.name].append(begun)
    return {name: told(starts) for name, starts in found.items()}


def _started(contender: Contender, ground: Ground, url: str) -> dict[str, float]:
    began = time.monotonic()
    server = start(contender, ground, url)
    for part in server.parts:
        pin(part.pid, SERVERS)
    with contextlib.closing(server):
        return {name: _first_answer(server, f"/{name}") - began for name in ("livez", "readyz")}


def _first_answer(server: Running, path: str) -> float:
    """When it came. Raises TimeoutError."""
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            server.ask(path)
            return time.monotonic()
        time.sleep(_PAUSE)
    raise TimeoutError(f"{server.contender.name} did not answer {path}")


def told(starts: Sequence[dict[str, float]]) -> Figures:
    """The seconds. Pure."""
    return {name: middle([one[name] for one in starts]).as_json() for name in starts[0]}


def page(figures: Figures) -> str:
    rows = [[name, *(_seconds(one[key]) for key in one)] for name, one in figures.items()]
    return table(("", "seconds to /livez", "to /readyz"), rows)


def _seconds(one: Figures) -> str:
    return f"{one['median']:.2f} ({one['least']:.2f}-{one['greatest']:.2f})"


STARTUP: Final = Part(
    name="startup", title="Start, on one core, with a migrated database", measure=measure, page=page
)

if __name__ == "__main__":
    alone(STARTUP)
