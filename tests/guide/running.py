"""A Tally started by the guide's own commands, its Redis, and the terminal of whoever runs it."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from dev_servers import RedisServer, free_port
from guide.page import block
from guide.terminal import SECONDS, Said, Terminal

START_SECONDS: Final = 90.0


@dataclass(frozen=True, kw_only=True)
class Service:
    """A running Tally with a Redis of its own, and the terminal of whoever runs it."""

    redis: RedisServer
    terminal: Terminal
    address: str

    def get(self, path: str) -> tuple[int, str]:
        """The status and the body of a GET; 0 while nobody answers."""
        try:
            with urlopen(self.address + path, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refusal:
            return refusal.code, refusal.read().decode()
        except (OSError, HTTPException):
            return 0, ""

    def create(self) -> str:
        """The path of a new job. Nobody does it: no worker runs."""
        wanted = json.dumps({"kind": "probe", "source": {"type": "sample"}}).encode()
        told = {"Content-Type": "application/json"}
        with urlopen(Request(f"{self.address}/api/v2/jobs", wanted, told), timeout=30) as answer:
            return str(answer.headers["Location"])

    def stats(self) -> dict[str, Any]:
        statistics: dict[str, Any] = json.loads(self.get("/api/v2/cache/stats")[1])["statistics"]
        return statistics

    def run(self, commands: str) -> Said:
        return self.terminal.run(commands)


def eventually(holds: Callable[[], object], *, seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@contextmanager
def started(redis: RedisServer, folder: Path) -> Iterator[Service]:
    """As steps 3 and 4 of the quick start have it, at ports that are free here."""
    port = free_port()
    (line,) = block("3. Configure the environment", "REDIS_URL=redis://localhost:6379/0").lines
    url = line.partition("=")[2].replace("6379", str(redis.port))
    terminal = Terminal(folder, redis_port=redis.port, port=port, redis_url=url)
    service = Service(redis=redis, terminal=terminal, address=f"http://127.0.0.1:{port}")
    command = block("4. Restart the API server", "python -m uvicorn main:app --reload")
    with terminal.running(command.text) as console:
        try:
            eventually(lambda: service.get("/readyz")[0] == 200, seconds=START_SECONDS)
        except AssertionError as error:
            raise AssertionError(console.read_text()[-3000:]) from error
        yield service
