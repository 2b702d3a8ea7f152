"""Starts contenders and ends them; asks them what a bench must know. Measures nothing."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any, Final

from benchmarks.contenders import Contender
from benchmarks.ground import OURS, ROOT, SERVERS, Ground, environment, pin
from dev_servers import end, family, free_port, spawn

PEERS_PYTHON: Final = ROOT / "data" / "bench" / "peers-venv" / "bin" / "python"
_READY_SECONDS: Final = 90.0
_CONFIG: Final = ROOT / "benchmarks" / "peers" / "micro_cache.conf"


@dataclass(frozen=True, kw_only=True)
class Running:
    """A contender that was started; `parts` are its processes, the one with the port first."""

    contender: Contender
    port: int
    parts: tuple[subprocess.Popen[bytes], ...]
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def paths(self, ids: Iterable[str]) -> list[str]:
        return [self.contender.prefix + job_id for job_id in ids]

    def ask(self, path: str) -> bytes:
        """The body. Raises OSError (also for any answer that is no 2xx)."""
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return bytes(answer.read())

    def ask_status(self, path: str, *, etag: str) -> int:
        """What it answers whoever has that version. Raises OSError."""
        request = urllib.request.Request(self.url + path, headers={"If-None-Match": etag})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:  # so urllib calls a 304
            refused.close()
            return refused.code

    def statistics(self) -> dict[str, Any]:
        """Tally's own; empty for the others."""
        if self.contender.kind != "tally":
            return {}
        return dict(json.loads(self.ask("/api/v2/cache/stats"))["statistics"])

    def reads(self) -> int:
        """How often its database was read for polls; with Tally's cache off each poll is one."""
        if self.contender.kind == "peer":
            return int(self.ask("/reads"))
        return int(self.statistics().get("database_reads", 0))

    def wait(self, path: str = "/readyz", seconds: float = _READY_SECONDS) -> None:
        """Raises TimeoutError with the end of its log; and keeps it on its core from then on."""
        deadline = time.monotonic() + seconds
        while not self._answers(path):
            if time.monotonic() > deadline or self.parts[0].poll() is not None:
                said = self.log.read_text(errors="replace")[-2000:]
                raise TimeoutError(f"{self.contender.name} does not serve:\n{said}")
            time.sleep(0.05)
        for part in self.parts:
            for pid in family(part.pid):
                pin(pid, SERVERS)

    def memory(self) -> int:
        """The resident bytes of its first process. Linux only."""
        pages = Path(f"/proc/{self.parts[0].pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def cpu(self) -> tuple[float, float]:
        """Seconds of a core that its processes have taken so far: their own, and the kernel's for
        them. Linux only."""
        ticks = [_ticks(pid) for part in self.parts for pid in family(part.pid)]
        own, kernel = (sum(some) / os.sysconf("SC_CLK_TCK") for some in zip(*ticks, strict=True))
        return own, kernel

    def close(self) -> None:
        for part in self.parts:
            end(part)

    def _answers(self, path: str) -> bool:
        with contextlib.suppress(OSError):
            self.ask(path)
            return True
        return False


def start(contender: Contender, ground: Ground, database: str) -> Running:
    """Returns at once; `wait()` for it. On all cores until it serves: starting is not measured."""
    port, folder = free_port(), Path(tempfile.mkdtemp(dir=ground.folder))
    log = folder / "log"
    server = _uvicorn(contender, ground, database, port, log)
    if not contender.cached_by_nginx:
        return Running(contender=contender, port=port, parts=(server,), log=log)
    front = free_port()
    names = {"folder": folder, "port": front, "upstream": port}
    config = folder / "nginx.conf"
    config.write_text(_as_root() + Template(_CONFIG.read_text()).safe_substitute(names))
    proxy = spawn([nginx() or "nginx", "-p", folder, "-c", config], log=log)
    return Running(contender=contender, port=front, parts=(proxy, server), log=log)


def _uvicorn(
    contender: Contender, ground: Ground, database: str, port: int, log: Path
) -> subprocess.Popen[bytes]:
    is_peer = contender.kind == "peer"
    env = ground.tally(database, **contender.settings) | ({} if is_peer else OURS)
    words = [PEERS_PYTHON if is_peer else sys.executable, "-m", "uvicorn", contender.app]
    words += ["--port", str(port), "--http", contender.http]
    words += ["--no-access-log", "--log-level", "error"]
    folder = ROOT / "backend" if contender.kind == "tally" else ROOT
    process = spawn(words, log=log, env=environment(env), cwd=folder)
    pin(process.pid, *range(os.cpu_count() or 1))
    return process


@contextlib.contextmanager
def serving(
    contenders: Iterable[Contender], ground: Ground, databases: dict[str, str]
) -> Iterator[dict[str, Running]]:
    """All of them by name, started at once, and each on the servers' core once it serves."""
    with contextlib.ExitStack() as stack:
        running = dict[str, Running]()
        for contender in contenders:
            one = start(contender, ground, databases[contender.database])
            stack.callback(one.close)
            running[contender.name] = one
        for one in running.values():
            one.wait()
        yield running


def nginx() -> str | None:
    """Debian has it where the PATH of most people does not lead."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def _as_root() -> str:
    """Else its workers are nobody, who cannot write to our folder."""
    return "user root;\n" if os.geteuid() == 0 else ""


def _ticks(pid: int) -> tuple[int, int]:
    """As proc(5) has them: utime and stime, the 14th and 15th field."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]), int(fields[12])
