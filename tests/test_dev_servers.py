"""The servers that everything else is tested against do what is asked of them, and go away."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from dev_servers import PostgresServer, RedisFlavour, RedisServer, ServerError, free_port
from dev_servers.processes import end, spawn

ROOT = Path(__file__).parents[1]
CONTENT = """
SELECT nspname, nspowner, nspacl, (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_proc),
    (SELECT count(*) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
        WHERE datname = current_database())
FROM pg_namespace ORDER BY nspname
"""


def _gone(pid: int) -> bool:
    """Whether the process is no more, or a zombie that nobody has buried yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def _soon(fact: Callable[[], bool]) -> bool:
    until = time.monotonic() + 10
    while not fact() and time.monotonic() < until:
        time.sleep(0.01)
    return fact()


def test_a_redis_answers_and_keeps_what_it_is_told(redis_server: RedisServer) -> None:
    redis_server.ask("SET greeting 'good day'")

    assert redis_server.ask("GET greeting") == "good day"
    assert redis_server.ask("GET nothing") == ""
    assert redis_server.ask("DBSIZE") == "1"


def test_a_shared_redis_is_empty_and_alive_for_each_test(redis_server: RedisServer) -> None:
    assert redis_server.ask("DBSIZE") == "0"
    redis_server.freeze()


def test_a_shared_redis_survives_a_test_that_freezes_it(redis_server: RedisServer) -> None:
    assert redis_server.answers()


def test_a_frozen_redis_is_there_but_does_not_answer(redis_server: RedisServer) -> None:
    redis_server.freeze()
    frozen = (redis_server.running, redis_server.answers())
    redis_server.thaw()

    assert frozen == (True, False)
    assert redis_server.answers()


def test_a_killed_redis_comes_back_empty_at_the_same_port(redis_server: RedisServer) -> None:
    redis_server.ask("SET a 1")
    url = redis_server.url
    redis_server.kill()
    dead = redis_server.answers()
    redis_server.start()

    assert not dead
    assert redis_server.url == url
    assert redis_server.ask("DBSIZE") == "0"


def test_a_redis_takes_a_password_and_lines_of_configuration(
    start_redis: Callable[..., RedisServer],
) -> None:
    server = start_redis(password="a b'c", config=["maxmemory 7mb"])

    assert server.url.startswith("redis://:a%20b%27c@127.0.0.1:")
    assert "maxmemory:7340032" in server.ask("INFO memory")


def test_an_error_reply_is_raised(redis_server: RedisServer) -> None:
    with pytest.raises(ServerError, match="unknown command"):
        redis_server.ask("NONSENSE")


def test_a_server_that_cannot_start_says_why(redis_flavour: RedisFlavour) -> None:
    server = RedisServer(redis_flavour.binary, config=["nonsense 1"])

    with pytest.raises(ServerError, match="Bad directive"):
        server.start()
    server.close()


def test_an_emptied_database_is_as_a_new_one(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    """Whatever somebody made in it, and although he is still there."""
    urls = [postgres_server.create_database() for _ in range(2)]
    used, new = (url.rpartition("/")[2] for url in urls)
    postgres_server.psql(
        f"ALTER DATABASE {used} SET log_statement = 'all'; CREATE TABLE t AS SELECT 42 AS n; "
        "CREATE SCHEMA other; CREATE FUNCTION other.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        database=used,
    )
    connect = partial(postgres_server.psql, "SELECT pg_sleep(60)", database=used)
    with ThreadPoolExecutor() as others:
        stays = others.submit(connect)
        asked = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{used}'"
        there = _soon(lambda: postgres_server.psql(asked) == "1")
        postgres_server.empty_database(urls[0])
        left = isinstance(stays.exception(), ServerError)
    found = [postgres_server.psql(CONTENT, database=name) for name in (used, new)]

    assert there
    assert left
    assert found[0] == found[1]


def test_a_killed_postgres_comes_back_with_its_databases(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    name = postgres_url.rpartition("/")[2]
    postgres_server.psql("CREATE TABLE t AS SELECT 42 AS n; CHECKPOINT", database=name)
    postgres_server.kill()
    dead = postgres_server.answers()
    postgres_server.start()

    assert not dead
    assert postgres_server.psql("SELECT n FROM t", database=name) == "42"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a death")
def test_servers_die_with_a_killed_parent_even_when_frozen(
    redis_flavour: RedisFlavour, tmp_path: Path
) -> None:
    program = (
        "import os, signal; from pathlib import Path; from dev_servers import *\n"
        f"s = RedisServer({redis_flavour.binary!r}, folder=Path({str(tmp_path)!r})).start()\n"
        "s.freeze(); print(s.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == -signal.SIGKILL
    assert _soon(lambda: _gone(int(done.stdout)))


def test_a_program_that_will_not_end_is_killed_with_its_group(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = spawn(["sh", "-c", "trap '' TERM; sleep 1000 & echo $!; wait"], log=log)
    started = _soon(lambda: log.read_text().endswith("\n"))

    end(process, patience=0.1)

    assert started
    assert process.returncode == -signal.SIGKILL
    assert _soon(lambda: _gone(int(log.read_text())))


def test_free_ports_are_below_those_of_outgoing_connections() -> None:
    ports = [free_port() for _ in range(20)]

    assert all(15_000 <= port < 22_700 for port in ports)
    assert len(set(ports)) > 10
