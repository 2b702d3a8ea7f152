"""Who is on the leash becomes the command, and ends with whoever started it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import ops.leash
from patience import seen

LEASH = [sys.executable, "-I", "-S", str(Path(ops.leash.__file__))]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*LEASH, *words], capture_output=True, text=True, timeout=20, check=False)


def test_it_becomes_the_command() -> None:
    done = run(str(os.getpid()), sys.executable, "-c", "print('me')")

    assert (done.returncode, done.stdout) == (0, "me\n")


def test_a_command_that_is_not_there_is_told() -> None:
    done = run(str(os.getpid()), "no-such-command")

    assert done.returncode == 127
    assert done.stderr.startswith("no-such-command: No such file")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_an_orphan_does_not_begin() -> None:
    assert run("1", sys.executable, "-c", "print('me')").returncode == ops.leash.ORPHAN


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
async def test_a_killed_starter_takes_it_along(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    sleeper = f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    starter = (
        "import os, subprocess, sys, time\n"
        f"subprocess.Popen([*{LEASH!r}, str(os.getpid()), sys.executable, '-c', {sleeper!r}])\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", starter]) as process:  # noqa: ASYNC220 - at once
        pid = int(await seen(lambda: told.exists() and told.read_text(), beat=0.01))
        process.kill()
        await seen(_gone(pid), beat=0.01, seconds=10)


def _gone(pid: int) -> Callable[[], bool]:
    def gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"

    return gone
