"""The load that can outrun the servers: wrk, on the load's core. Only for 127.0.0.1."""

import json
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CONNECTIONS: Final = 64
_SCRIPT: Final = Path(__file__).with_name("polls.lua")
_PATIENCE: Final = 30.0
"""Seconds on top of the load's own."""


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
) -> Round:
    """Asks for the paths in turn; errors are refused, broken, slow (10 s) or 4xx-5xx answers."""
    with tempfile.NamedTemporaryFile("w", suffix=".paths") as file:
        file.write("\n".join(paths) + "\n")
        file.flush()
        words = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{max(1, round(seconds))}s",
            "--timeout",
            "10s",
        ]
        words += ["-s", str(_SCRIPT), f"http://127.0.0.1:{port}", "--", file.name]
        done = subprocess.run(
            [*words, etag] if etag else words,
            capture_output=True,
            text=True,
            check=True,
            timeout=seconds + _PATIENCE,
        )
    return Round(**json.loads(done.stdout.splitlines()[-1]))
