"""redis-py 4.5.1, which gives the answer of a cancelled command to the next one: made to do so.

It is no dependency of the project: it is installed into a folder of its own when it is wanted, and
runs in a process that sees nothing but that folder, Python itself, and the harness.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Final

from live.cancellation import Count, Load

VERSION: Final = "4.5.1"
_WANTED: Final = (f"redis=={VERSION}", "async-timeout==5.0.1")
_INSTALL_SECONDS: Final = 30.0
_TESTS: Final = Path(__file__).resolve().parents[1]


class NotInstalled(Exception):
    """No installer could bring the old driver; the text is the last thing said."""


def install(folder: Path) -> None:
    """Brings the old driver into the folder. Raises NotInstalled."""
    said = ""
    for installer in (["uv", "pip"], ["pip"]):
        words = [sys.executable, "-m", *installer, "install", "--quiet", "--target", str(folder)]
        try:
            done = _run([*words, *_WANTED], _INSTALL_SECONDS)
        except subprocess.TimeoutExpired:
            said = f"nothing within {_INSTALL_SECONDS:.0f} s"
            continue
        if done.returncode == 0:
            return
        said = done.stderr.strip().rpartition("\n")[2]
    raise NotInstalled(said)


def calls(folder: Path, url: str, *, jobs: int, load: Load, seconds: float) -> tuple[str, Count]:
    """The version of the driver that was used, and what became of the calls.

    Raises RuntimeError with what the process said if it failed, TimeoutExpired after `seconds`.
    """
    # -S: without the packages of this environment, or its newer parts would stand in for old ones.
    words = [sys.executable, "-S", "-m", "live.old_driver_calls"]
    path = os.pathsep.join([str(folder), str(_TESTS)])
    done = _run([*words, json.dumps([url, jobs, asdict(load)])], seconds, PYTHONPATH=path)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    version, counted = json.loads(done.stdout)
    return version, Count(**{**counted, "failed": Counter(counted["failed"])})


def _run(words: list[str], seconds: float, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, env={**os.environ, **env}, capture_output=True, text=True, timeout=seconds
    )
