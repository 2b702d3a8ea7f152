"""The peers' own environment: made on first use, and again when its pins change."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from benchmarks.ground import ROOT

HOME: Final = ROOT / "data" / "bench" / "peers-venv"
PINS: Final = ROOT / "benchmarks" / "peers" / "requirements.txt"
_SECONDS: Final = 600


def set_up_peers(home: Path = HOME, pins: Path = PINS) -> bool:
    """Whether the peers can be measured; where not, one line says so and the bench goes on."""
    stamp = home / "pins"
    if stamp.exists() and stamp.read_text() == pins.read_text():
        return True
    print(
        f"Making {home.name} for the peers (once, and again when their pins change) ...", flush=True
    )
    try:
        for words in (
            [sys.executable, "-m", "venv", "--clear", str(home)],
            [str(home / "bin" / "python"), "-m", "pip", "install", "-qq", "-r", str(pins)],
        ):
            subprocess.run(words, check=True, timeout=_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"The peers are left out, as their environment cannot be made: {error}")
        return False
    stamp.write_text(pins.read_text())
    return True
