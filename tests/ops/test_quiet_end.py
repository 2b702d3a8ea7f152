"""Whoever breaks `python -m ops` off gets an exit code and not a line more."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from ops.quiet_end import quiet_end

BACKEND = Path(__file__).parents[2] / "backend"


def ended(*words: str, stdout: int, env: Mapping[str, str]) -> tuple[int, bytes]:
    """The exit code and what it complained of."""
    command = [sys.executable, "-m", "ops", *words]
    done = subprocess.run(
        command, cwd=BACKEND, stdout=stdout, stderr=subprocess.PIPE, env=env, timeout=60
    )
    return done.returncode, done.stderr


def test_what_nobody_breaks_off_ends_with_its_own_code() -> None:
    with pytest.raises(SystemExit) as end, quiet_end():
        sys.exit(1)

    assert end.value.code == 1


def test_a_fault_is_still_a_fault() -> None:
    with pytest.raises(ZeroDivisionError), quiet_end():
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("words", "unbuffered"),
    [("--help", ""), ("advise --interval 2 --json", ""), ("advise --interval 2 --json", "1")],
)
def test_one_who_reads_no_more_ends_it_quietly(words: str, unbuffered: str, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    env = {**os.environ, "REDIS_URL": "none", "LOG_FILE": "", "DATA_DIR": str(tmp_path)}
    env["PYTHONUNBUFFERED"] = unbuffered
    try:
        code, complaint = ended(*words.split(), stdout=writer, env=env)
    finally:
        os.close(writer)

    assert code == 141
    assert b"Traceback" not in complaint
    assert b"Exception" not in complaint


def test_ctrl_c_while_it_is_still_loading_ends_it_quietly(tmp_path: Path) -> None:
    heeded = "signal.signal(signal.SIGINT, signal.default_int_handler)"  # jobs of a shell ignore it
    interrupted = f"import os, signal; {heeded}; os.kill(os.getpid(), signal.SIGINT)\n"
    (tmp_path / "argparse.py").write_text(interrupted)
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}

    assert ended("stats", stdout=subprocess.DEVNULL, env=env) == (130, b"")
