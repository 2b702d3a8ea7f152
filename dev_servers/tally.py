"""Tally itself for `dev.py run`: the API, its own Redis, and a worker where the API has none."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from .processes import die_with, end, spawn
from .programs import redis_flavours
from .redis_server import RedisServer

READY_SECONDS = 90.0  # a first start on a slow machine also compiles every module
FAST_LANE = ("--http", "api.lane_protocol:Protocol")
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TOLD = Path("data") / "run.json"
"""What runs, for as long as it runs. Always there: who asks need not know a DATA_DIR."""


def run_tally(root: Path, python: Path) -> int:
    """Runs what is under `root` until Ctrl-C, SIGTERM or the end of a part; gives the exit code.

    Nothing stays behind, on Linux not even after `kill -9`. Settings come from the environment,
    then from `.env`.
    """
    settings = {**dotenv(root / ".env"), **dotenv(root / "backend" / ".env"), **os.environ}
    port = _free(settings.get("PORT") or "8000")
    if "MAKELEVEL" in os.environ:  # or a killed make would leave us behind
        die_with(os.getppid(), signal.SIGTERM)
    for number in ENDINGS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # by nohup
            signal.signal(number, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as started:
        if "REDIS_URL" not in settings:
            folder = root / (settings.get("DATA_DIR") or "data") / "redis"
            settings["REDIS_URL"] = _own_redis(started, folder)
        started.enter_context(_told(root / TOLD, port, settings["REDIS_URL"]))
        children = {
            name: spawn([python, "-m", *words], cwd=root / "backend", env=settings)
            for name, words in programs(settings, port).items()
        }
        for child in children.values():
            started.callback(end, child)
        started.callback(_ignore_endings)
        return _watch(children, f"http://localhost:{port}")
    return 0


def running_tally(root: Path) -> dict[str, str] | None:
    """PORT and REDIS_URL of what `run_tally` runs under `root` just now; None: nothing.

    Of several the last that was started. What a `kill -9` left behind is known by its process.
    """
    try:
        told = json.loads((root / TOLD).read_text())
        os.kill(told["pid"], 0)
        return {name: str(told[name]) for name in ("PORT", "REDIS_URL")}
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextlib.contextmanager
def _told(place: Path, port: int, redis_url: str) -> Iterator[None]:
    """For `running_tally`, readable by its owner alone: the URL may hold a password."""
    mine = json.dumps({"pid": os.getpid(), "PORT": port, "REDIS_URL": redis_url})
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(mine)
        draft.replace(place)
    except OSError as error:
        print(f"`make doctor` will not find this Tally: {error}")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if place.read_text() == mine:  # or that of another one, started since
                place.unlink()


def programs(settings: Mapping[str, str], port: int) -> dict[str, list[str]]:
    """What to run, as words after `python -m`: the API, and a worker when it brings none."""
    api = ["uvicorn", "main:app", "--port", str(port), "--no-access-log", *FAST_LANE]
    parts = {"API": [*api, "--timeout-graceful-shutdown", "5"]}
    # A URL that stands in a file has a password to hide: it leads to a server.
    hidden = "postgresql:" if settings.get("DATABASE_URL_FILE") else ""
    on_sqlite = not (settings.get("DATABASE_URL") or hidden).startswith("postgres")
    embedded = settings.get("EMBEDDED_WORKER", "auto").strip().lower()
    if embedded == "off" or (embedded == "auto" and not on_sqlite):
        parts["worker"] = ["worker"]
    return parts


def _watch(children: Mapping[str, subprocess.Popen[bytes]], address: str) -> int:
    patience: float | None = time.monotonic() + READY_SECONDS
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                print(f"The {name} ended with code {child.returncode}; its reason is above.")
                return 1
        if patience and _is_ready(address):
            patience = None
            print(f"\nTally is running.\n  page   {address}/\n  docs   {address}/docs")
            print(f"  stats  {address}/api/v2/cache/stats\nCtrl-C stops it.\n", flush=True)
        if patience and time.monotonic() > patience:
            print(f"Still not ready; {address}/readyz says what is missing.")
            patience = None
        time.sleep(0.2)


def _is_ready(address: str) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/readyz", timeout=2):
        return True
    return False


def dotenv(path: Path) -> dict[str, str]:
    """The lines NAME=value of a file that may not be there, without `export` and outer quotes."""
    lines = path.read_text().splitlines() if path.exists() else []
    pairs = (line.strip().removeprefix("export ").partition("=") for line in lines)
    return {
        name.strip(): value.strip().strip("'\"")
        for name, equals, value in pairs
        if equals and not name.startswith("#")
    }


def _free(port: str) -> int:
    if not port.isdecimal() or not 0 < int(port) < 65_536:
        sys.exit(f"PORT is {port!r}; it must be a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError as error:
            other = int(port) % 65_535 + 1
            sys.exit(f"Port {port}: {error.strerror}. Choose another: PORT={other} make run")
    return int(port)


def _own_redis(started: contextlib.ExitStack, folder: Path) -> str:
    for flavour in redis_flavours():
        return started.enter_context(RedisServer(flavour.binary, folder=folder)).url
    print("No Redis server found on this machine: Tally runs without one.")
    return "none"


def _ignore_endings() -> None:
    """A second Ctrl-C must not leave half of the programs behind; each wait here has an end."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)
