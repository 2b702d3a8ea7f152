"""`make run` and its brothers: what they start, read, and refuse."""

import subprocess
import sys
from pathlib import Path

import pytest

import dev
from dev_servers import RedisServer, run_tally
from dev_servers.tally import dotenv, programs

ROOT = Path(__file__).parents[1]


def test_without_a_word_the_habits_are_listed() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "dev.py"], capture_output=True, text=True, check=True
    )

    habits = [line.split()[0] for line in done.stdout.splitlines()]

    told = "setup run doctor test check audit fix soak bench clean"
    assert habits == told.split()


def test_an_unknown_word_lists_them_too_and_fails() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "dev.py", "nonsense"], stdout=subprocess.DEVNULL, check=False
    )

    assert done.returncode == 2


def test_only_the_tools_that_are_missing_are_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As root, by an apt-get that notes what it is told and brings what it is asked for."""
    log = tmp_path / "log"
    for name in ("redis-server", "apt-get"):
        (tmp_path / name).write_text(
            f"#!/bin/sh\necho $* >> {log}\ncd {tmp_path}\n"
            ": > chromium; : > prometheus; : > promtool\n/bin/chmod +x *"
        )
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 0)

    dev.bring_tools()
    dev.bring_tools()

    assert log.read_text().splitlines() == [
        "-qq update",
        "-qq install -y --no-install-recommends chromium prometheus",
    ]


def test_the_worker_runs_apart_exactly_where_the_api_brings_none() -> None:
    def parts(**settings: str) -> list[str]:
        return list(programs(settings, 8000))

    postgres = "postgresql://localhost/tally"

    assert parts() == ["API"]
    assert parts(EMBEDDED_WORKER="off") == ["API", "worker"]
    assert parts(DATABASE_URL=postgres) == ["API", "worker"]
    assert parts(DATABASE_URL_FILE="secrets/url") == ["API", "worker"]
    assert parts(DATABASE_URL=postgres, EMBEDDED_WORKER="on") == ["API"]


def test_a_dotenv_file_is_read_as_people_write_it(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# Redis\nREDIS_URL=redis://a/0?x=1\nexport PORT='81'\nnoise\n")

    assert dotenv(tmp_path / ".env") == {"REDIS_URL": "redis://a/0?x=1", "PORT": "81"}
    assert dotenv(tmp_path / "none") == {}


def test_a_taken_port_is_refused_with_the_way_out(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PORT", str(redis_server.port))

    with pytest.raises(SystemExit, match=f"PORT={redis_server.port + 1} make run"):
        run_tally(tmp_path, Path(sys.executable))


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_refused(
    port: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PORT", port)

    with pytest.raises(SystemExit, match="a number from 1 to 65535"):
        run_tally(tmp_path, Path(sys.executable))
