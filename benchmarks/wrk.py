"""The load that can outrun the servers: wrk, on the load's core. Only for 127.0.0.1."""

import json
import math
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

CONNECTIONS: Final = 64
_SCRIPT: Final = Path(__file__).with_name("polls.lua")
_PATIENCE: Final = 30.0
"""Seconds on top of the load's own."""
_A_CONNECTION: Final = 0.0015
"""Seconds in which a busy server surely accepts one."""


@dataclass(frozen=True, kw_only=True)
class Round:
    """What one run of wrk saw. Times of an answer are in milliseconds."""

    answers: int
    seconds: float
    p50_ms: float
    p99_ms: float
    bytes: int
    errors: int

    @property
    def per_second(self) -> float:
        return self.answers / self.seconds


def run_wrk(
    port: int,
    paths: Sequence[str],
    *,
    seconds: float,
    connections: int = CONNECTIONS,
    etag: str | None = None,
    connect_first: bool = False,
) -> Round:
    """Asks for the paths in turn; errors are refused, broken, slow (10 s) or 4xx-5xx answers.

    `connect_first`: nobody asks before all are connected; that time is on top of `seconds`, which
    are whole ones. Else the first answers of a crowd are as slow as the last of it is accepted. It
    costs wrk a timer for each request: compare such rounds with each other only.
    """
    whole = max(1, round(seconds))
    first = math.ceil(connections * _A_CONNECTION) if connect_first else 0
    with tempfile.NamedTemporaryFile("w", suffix=".paths") as file:
        file.write("\n".join(paths) + "\n")
        file.flush()
        words = ["wrk", "-t1", f"-c{connections}", f"-d{whole + first}s", "--timeout", "10s"]
        words += ["-s", str(_SCRIPT), f"http://127.0.0.1:{port}", "--"]
        done = subprocess.run(
            [*words, file.name, etag or "", str(connections), str(1000 * first)],
            capture_output=True,
            text=True,
            check=True,
            timeout=whole + first + _PATIENCE,
        )
    seen = Round(**json.loads(done.stdout.splitlines()[-1]))
    return replace(seen, seconds=seen.seconds - first)
