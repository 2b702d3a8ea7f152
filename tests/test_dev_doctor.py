"""`make doctor` asks the Tally that `make run` started, and nothing else."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dev_servers import end, free_port, running_tally, spawn

ROOT = Path(__file__).parents[1]
URL = "redis://:s3cret@127.0.0.1:1/0"
DOCTOR = """
import sys; from pathlib import Path; import dev
dev.ROOT, dev.PYTHON = Path(sys.argv[1]), Path(sys.argv[1]) / "python"
sys.exit(dev.main("doctor", "--quiet"))
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """One with a Python that says what it is asked, and else just stays there."""
    (tmp_path / "backend").mkdir()
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\n[ "$2" = ops ] && echo "$PWD $* $PORT $REDIS_URL" || exec sleep 60\n'
    )
    python.chmod(0o755)
    return tmp_path


@contextmanager
def running(checkout: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """What `make run` does, with that Python; until it has told that it runs."""
    program = (
        "from pathlib import Path; from dev_servers import run_tally; "
        f"run_tally(Path({str(checkout)!r}), Path({str(checkout / 'python')!r}))"
    )
    env = {**os.environ, "PORT": str(port), "REDIS_URL": URL, "DATABASE_URL": ""}
    process = spawn([sys.executable, "-c", program], cwd=ROOT, env=env, log=checkout / "log")
    try:
        until = time.monotonic() + 10
        while not (told := running_tally(checkout) or {}) or told["PORT"] != str(port):
            assert process.poll() is None, (checkout / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.01)
        yield process
    finally:
        end(process)


def doctor(checkout: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", DOCTOR, checkout],
        cwd=ROOT,
        env={**os.environ, "REDIS_URL": "redis://another:6379/0"},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def test_doctor_asks_the_tally_that_runs_at_its_port_and_about_its_redis(checkout: Path) -> None:
    port = free_port()
    with running(checkout, port):
        done = doctor(checkout)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{checkout}/backend -m ops doctor --quiet {port} {URL}\n"


def test_what_runs_is_told_to_its_owner_alone_and_until_its_end(checkout: Path) -> None:
    with running(checkout, free_port()):
        (told,) = (checkout / "data").iterdir()
        mode = told.stat().st_mode & 0o777

    assert (told.name, mode) == ("run.json", 0o600)
    assert not told.exists()


def test_what_a_killed_one_left_behind_is_not_asked(checkout: Path) -> None:
    with running(checkout, free_port()) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        left = (checkout / "data" / "run.json").exists()

        assert (left, running_tally(checkout)) == (True, None)


def test_the_end_of_one_takes_nothing_from_another_started_since(checkout: Path) -> None:
    second = free_port()
    with running(checkout, second + 1) as first, running(checkout, second):
        end(first)

        assert running_tally(checkout) == {"PORT": str(second), "REDIS_URL": URL}


@pytest.mark.parametrize("left", ["", "[]", "{}", json.dumps({"pid": "1"}), json.dumps({"pid": 1})])
def test_where_nothing_runs_the_way_out_is_told(checkout: Path, left: str) -> None:
    (checkout / "data").mkdir()
    (checkout / "data" / "run.json").write_text(left)
    done = doctor(checkout)

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "start it in another terminal" in done.stderr
    assert "../.venv/bin/python -m ops doctor" in done.stderr


def test_ops_without_what_it_needs_names_the_environment_that_has_it() -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-m", "ops", "doctor"],  # -S: nothing that was installed is found
        cwd=ROOT / "backend",
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "../.venv/bin/python -m ops" in done.stderr
    assert "pip install -r backend/requirements.txt" in done.stderr
