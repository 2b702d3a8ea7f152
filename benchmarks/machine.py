"""What was measured on: the machine, and the version of everything that takes part."""

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks.ground import Ground
from benchmarks.peer_setup import PINS
from benchmarks.serving import nginx

_OURS: Final = ("fastapi", "uvicorn", "httptools", "uvloop", "redis", "hiredis", "asyncpg")
_SECONDS: Final = 10.0


def machine(ground: Ground) -> dict[str, str]:
    """A phrase on each thing, by its name."""
    info = ground.redis.facts("INFO server")
    return {
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()}",
        "Python": platform.python_version(),
        "Tally's packages": ", ".join(f"{name} {version(name)}" for name in _OURS),
        "peers' packages": ", ".join(_pins()),
        "Redis": info.get("valkey_version") or info.get("redis_version", "unknown"),
        "PostgreSQL": ground.postgres.psql("SHOW server_version"),
        "nginx": _said(nginx() or "nginx", "-v"),
        "wrk": _said("wrk", "-v"),
    }


def _pins() -> list[str]:
    return [line.replace("==", " ") for line in PINS.read_text().splitlines() if "==" in line]


def _processor() -> str:
    """Linux says it here; elsewhere its kind must do."""
    path = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", path.read_text() if path.exists() else "")
    return found[1] if found else platform.machine()


def _said(*words: str) -> str:
    """The first version in what a program says of itself, on whichever channel, however it ends."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except OSError:
        return "not here"
    found = re.search(r"\d+\.\d+[\w.]*", done.stdout + done.stderr)
    return found[0] if found else "unknown"
