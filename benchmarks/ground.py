"""The ground all stand on: one Redis, one PostgreSQL, a folder, and which core is whose.

Servers under test run on the first core, everything else (load, Redis, PostgreSQL) on the second.
"""

import contextlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dev_servers import PostgresServer, RedisServer, postgres_programs, redis_flavours

ROOT: Final = Path(__file__).resolve().parents[1]
SERVERS, LOAD = 0, 1
"""The cores."""
OURS: Final = {"PYTHONPATH": f"{ROOT / 'backend'}{os.pathsep}{ROOT}"}
DOCUMENT: Final = 2048
"""Bytes of a document, where nothing else is said."""
_FILES: Final = 16_384
_FOREIGN: Final = ("REDIS_", "CACHE_", "DATABASE_", "AWS_")
"""The caller's own settings must not change what is measured."""
_SEED_SECONDS: Final = 600


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What is there to be used; each part of the bench makes its own databases."""

    folder: Path
    redis: RedisServer
    postgres: PostgresServer

    def database(
        self,
        kind: str,
        jobs: int,
        *,
        running: bool = False,
        between: tuple[int, int] = (DOCUMENT, DOCUMENT),
    ) -> tuple[str, list[str]]:
        """A new "postgres" or "sqlite" database with so many jobs, whose documents have `between`
        so many bytes: its URL, and their ids."""
        new = Path(tempfile.mkdtemp(dir=self.folder))
        url = self.postgres.create_database() if kind == "postgres" else f"sqlite:///{new}/jobs.db"
        words = [sys.executable, "-m", "benchmarks.seed", url, str(jobs), *map(str, between)]
        words += ["running"] if running else []
        done = subprocess.run(
            words,
            env=environment(OURS),
            stdout=subprocess.PIPE,
            check=True,
            text=True,
            timeout=_SEED_SECONDS,
        )
        return url, done.stdout.split()

    def tally(self, database: str, **knobs: str) -> dict[str, str]:
        """Tally's settings: this database, this Redis, no worker, no log file."""
        return {
            "DATABASE_URL": database,
            "REDIS_URL": self.redis.url,
            "DATA_DIR": str(self.folder / "data"),
            "EMBEDDED_WORKER": "off",
            "LOG_FILE": "",
            **knobs,
        }


def environment(ours: dict[str, str]) -> dict[str, str]:
    """The caller's environment without its settings, and ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return {**kept, **ours}


@contextlib.contextmanager
def ground() -> Iterator[Ground]:
    """Ends, in one line that says what to do, where a program is missing."""
    flavour, programs = next(iter(redis_flavours()), None), postgres_programs()
    if flavour is None or programs is None or not shutil.which("wrk"):
        sys.exit(
            "The bench needs wrk, a Redis or Valkey, and PostgreSQL: run `make bench` as root once,"
            " or `apt-get install wrk redis-server postgresql`."
        )
    _have_files()
    pin(os.getpid(), LOAD)  # and with us whatever we start
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tally-bench-")))
        redis = stack.enter_context(RedisServer(flavour.binary))
        postgres = stack.enter_context(PostgresServer(programs))
        yield Ground(folder=folder, redis=redis, postgres=postgres)


def pin(pid: int, *cores: int) -> None:
    """Keeps a process and its threads on these cores; does nothing where there is only one."""
    if not hasattr(os, "sched_setaffinity") or (os.cpu_count() or 1) <= max(cores):
        return
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(ProcessLookupError):
            os.sched_setaffinity(int(thread.name), cores)


def _have_files() -> None:
    """Two thousand pollers are as many open files, here and in the server."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
