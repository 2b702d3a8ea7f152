"""Polls per second of this API with and without its cache, beside a raw ASGI hello world.

One run, rounds interleaved, medians of five: figures are ratios within the run, since machines are
noisy. Server on one core, load and Redis on another. Writes benchmarks/results/polls.{md,json}.
"""

import asyncio
import contextlib
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script: `python benchmarks/polls.py`

from benchmarks.load import Result, run_load  # noqa: E402
from dev_servers import PostgresServer, RedisServer, postgres_programs, redis_flavours  # noqa: E402

JOBS: Final = 100
CONNECTIONS: Final = 64
ROUNDS: Final = 5
SECONDS: Final = 3.0
HELLO: Final = "hello"
TIERS: Final[dict[str, dict[str, str]]] = {
    "near tier": {},
    "Redis only": {"CACHE_NEAR_MAX_ENTRIES": "0"},
    "no cache": {"CACHE_ENABLED": "false"},
}


@contextlib.contextmanager
def serving(app: str, folder: Path, env: Mapping[str, str]) -> Iterator[int]:
    """A uvicorn of its own on a free port, pinned to the first core."""
    port = free_port()
    words = [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--no-access-log"]
    words += ["--log-level", "error"]
    child = subprocess.Popen(words, cwd=folder, env={**os.environ, **env})
    pin(child.pid, 0)
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz")
        yield port
    finally:
        child.terminate()
        child.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pin(pid: int, core: int) -> None:
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > core:
        os.sched_setaffinity(pid, {core})


def wait_for(url: str, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        if time.monotonic() > deadline:
            raise TimeoutError(url)
        time.sleep(0.1)


def make_jobs(port: int) -> list[str]:
    """Queued sample jobs (no worker runs), as paths to poll."""
    body = json.dumps({"kind": "thumbnail", "source": {"type": "sample"}}).encode()
    made = []
    for _ in range(JOBS):
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/v2/jobs", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            made.append(answer.headers["Location"])
    return made


def measure(databases: Mapping[str, str], redis_url: str, scratch: Path) -> dict[str, list[Result]]:
    rounds: dict[str, list[Result]] = {}
    with contextlib.ExitStack() as stack:
        (scratch / "hello_app.py").write_text(HELLO_APP)
        targets = {HELLO: (stack.enter_context(serving("hello_app:app", scratch, {})), ["/"])}
        for name, url in databases.items():
            for label, tiers in TIERS.items():
                env = {**environment(url, redis_url, scratch / name), **tiers}
                port = stack.enter_context(serving("main:app", ROOT / "backend", env))
                targets[f"{name}, {label}"] = (port, make_jobs(port))
        pin(os.getpid(), 1)
        for _ in range(ROUNDS):
            for label, (port, paths) in targets.items():
                load = run_load(port, paths, connections=CONNECTIONS, seconds=SECONDS)
                rounds.setdefault(label, []).append(asyncio.run(load))
    return rounds


def environment(url: str, redis_url: str, data: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": url,
        "DATA_DIR": str(data),
        "REDIS_URL": redis_url,
        "CACHE_TTL_SECONDS": "3600",
        "EMBEDDED_WORKER": "off",
        "LOG_FILE": "",
    }


HELLO_APP: Final = """
BODY = b"x" * 900
async def app(scope, receive, send):
    if scope["type"] == "http":
        headers = [(b"content-length", b"900"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": BODY})
"""


def table(rounds: Mapping[str, Sequence[Result]]) -> str:
    base = statistics.median(result.per_second for result in rounds[HELLO])
    lines = [
        "| | polls/s (median) | spread | x hello world | p50 ms | p99 ms | errors |",
        "|---|---|---|---|---|---|---|",
    ]
    for label, results in rounds.items():
        rates = [result.per_second for result in results]
        p50, p99 = (
            statistics.median(result.percentile(share) for result in results) * 1000
            for share in (0.5, 0.99)
        )
        middle = statistics.median(rates)
        errors = sum(result.errors for result in results)
        lines.append(
            f"| {label} | {middle:,.0f} | {min(rates):,.0f}-{max(rates):,.0f} "
            f"| {middle / base:.2f} | {p50:.1f} | {p99:.1f} | {errors} |"
        )
    return "\n".join(lines)


def machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("uvicorn", "redis", "sqlalchemy"))
    python = platform.python_version()
    return f"{os.cpu_count()} cores, {platform.system()}, Python {python}, {packages}"


def main() -> None:
    flavour = next(iter(redis_flavours()), None)
    programs = postgres_programs()
    if flavour is None:
        sys.exit("polls.py needs a Redis or Valkey server: run `make setup` first.")
    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis = stack.enter_context(RedisServer(flavour.binary))
        databases = {"SQLite": f"sqlite:///{scratch}/tally.db"}
        if programs is not None:
            postgres = stack.enter_context(PostgresServer(programs))
            databases["PostgreSQL"] = postgres.create_database()
        rounds = measure(databases, redis.url, scratch)
    report(rounds)


def report(rounds: Mapping[str, Sequence[Result]]) -> None:
    when = datetime.now(UTC).strftime("%Y-%m-%d")
    text = f"""# Polls per second, with and without the cache

Made by `benchmarks/polls.py` on {when}: {machine()}.
{JOBS} jobs, {CONNECTIONS} connections, medians of {ROUNDS} interleaved rounds of {SECONDS:g} s; the
server on one core, load, Redis and PostgreSQL on the other. Trust the ratios, not the absolutes.

{table(rounds)}
"""
    results = ROOT / "benchmarks" / "results"
    results.mkdir(exist_ok=True)
    (results / "polls.md").write_text(text)
    figures = {label: [result.per_second for result in each] for label, each in rounds.items()}
    (results / "polls.json").write_text(json.dumps(figures, indent=1) + "\n")
    print(text)


if __name__ == "__main__":
    main()
