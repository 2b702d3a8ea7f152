#!/usr/bin/env python3
"""The habits of this project, for a machine with nothing but Python. `make` is a thin face on it.

Stdlib only, so that any python3 of the system can run it. What it makes stays in this folder.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036  whatever python3 there is may run this file
    sys.exit(
        f"Tally needs Python 3.11 or newer; {sys.executable} is older. Name a newer one, as in "
        "`make run PYTHON=python3.11` or `python3.11 dev.py run`."
    )

import advisories
from dev_servers import chromium, prometheus_programs, run_tally, running_tally

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "tally-setup"
UV = "uv==0.13.9"


def setup() -> int:
    """make .venv from uv.lock; nothing to do when neither changed"""
    state = hashlib.sha256(UV.encode() + (ROOT / "uv.lock").read_bytes()).hexdigest()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == state:
        return 0
    print("Setting up .venv (once, and again when uv.lock changes) ...", flush=True)
    usable = PYTHON.exists() and not _call(PYTHON, "-c", "import pip")
    if not usable and _call(sys.executable, "-m", "venv", "--clear", VENV):
        sys.exit("Python cannot make an environment. On Debian: apt-get install python3-venv")
    if _call(PYTHON, "-m", "pip", "install", "--quiet", UV):
        sys.exit("pip could not install uv: see its message above.")
    if _call(PYTHON, "-m", "uv", "sync", "--frozen", "--quiet"):
        sys.exit("uv could not install what uv.lock names: see its message above.")
    STAMP.write_text(state)
    return 0


def run() -> int:
    """start Tally with a Redis of its own; takes PORT, REDIS_URL, DATABASE_URL from you or .env"""
    setup()
    return run_tally(ROOT, PYTHON)


def doctor(*words: str) -> int:
    """ask the Tally that `run` started whether all is well; words go to `python -m ops doctor`"""
    told = running_tally(ROOT)
    if told is None:
        print(
            "No Tally of `make run` runs here: start it in another terminal. For any other one: "
            "cd backend && ../.venv/bin/python -m ops doctor",
            file=sys.stderr,
        )
        sys.exit(2)
    os.chdir(ROOT / "backend")
    os.execve(PYTHON, [str(PYTHON), "-m", "ops", "doctor", *words], {**os.environ, **told})


def test(*words: str) -> int:
    """run every test against real servers and a real browser; words go to pytest"""
    setup()
    bring_tools()
    os.chdir(ROOT)
    # File by file in the order of tests/conftest.py, one more at a time than there are cores: half
    # of their time is waiting. A choice of tests runs as pytest would run it.
    at_once = str(min(4, 1 + (os.cpu_count() or 1)))
    how = words or ("-n", at_once, "--dist", "loadfile", "--no-loadscope-reorder")
    os.execv(PYTHON, [str(PYTHON), "-m", "pytest", *how])


def bring_tools() -> None:
    """Installs what the wheels lack, where it can; the tests say what they miss."""
    missing = [] if shutil.which("redis-server") else ["redis-server"]
    missing += [] if chromium() else ["chromium"]
    missing += [] if prometheus_programs() else ["prometheus"]
    _install(missing, "the tests")
    if not chromium():
        _call(PYTHON, "-m", "playwright", "install", "chromium")
    if not shutil.which("redis-server"):
        print("No redis-server on this machine: the tests use Valkey only.", flush=True)


def _install(missing: list[str], purpose: str) -> None:
    """From Debian, as root only. Runlevel 1: no server is started by its installation."""
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {' and '.join(missing)} for {purpose} ...", flush=True)
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        for words in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
            subprocess.call(["apt-get", "-qq", *words], env=env, stdout=subprocess.DEVNULL)


def check() -> int:
    """lint, format and types, changing nothing"""
    setup()
    commands = (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"])
    return max([_call(PYTHON, "-m", *command) for command in commands])


def audit() -> int:
    """look up what is known against the packages of uv.lock; needs the network"""
    setup()
    try:
        return advisories.audit(PYTHON, ROOT)
    except advisories.NoReason as error:
        sys.exit(str(error))


def fix() -> int:
    """mend what the linter can mend, and format"""
    setup()
    return max([_call(PYTHON, "-m", "ruff", *words) for words in (["check", "--fix"], ["format"])])


def soak(*words: str) -> int:
    """the long forms of the hardest tests, about half an hour, with their figures"""
    setup()
    bring_tools()
    os.chdir(ROOT)
    os.environ["TALLY_SOAK"] = "1"
    choice = ("-m", "soak", "--capture=no", "--timeout=0", *words)
    os.execv(PYTHON, [str(PYTHON), "-m", "pytest", *choice])


def bench(*words: str) -> int:
    """measure this checkout beside its peers, about 15 minutes; with --quick only try it out"""
    setup()
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"  # where Debian has nginx
    tools = ("wrk", "nginx", "redis-server")
    _install([name for name in tools if not shutil.which(name, path=path)], "the bench")
    return _call(PYTHON, ROOT / "benchmarks" / "bench.py", *words)


def clean() -> int:
    """remove what can be made again: environments and caches; data and logs stay"""
    names = (".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache")
    for folder in (VENV, *(ROOT / name for name in names), *ROOT.rglob("__pycache__")):
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _call(*words: str | Path) -> int:
    env = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(VENV)}
    return subprocess.call([str(word) for word in words], cwd=ROOT, env=env)


HABITS: dict[str, Callable[..., int]] = {
    habit.__name__: habit
    for habit in (setup, run, doctor, test, check, audit, fix, soak, bench, clean)
}


def main(name: str = "", *words: str) -> int:
    if name in HABITS and (not words or name in ("doctor", "test", "soak", "bench")):
        return HABITS[name](*words)
    for habit, function in HABITS.items():
        print(f"  {habit:6} {function.__doc__}")
    return 0 if not name else 2


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
