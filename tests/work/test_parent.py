"""A worker that was brought along ends when whoever brought it is gone."""

import subprocess
import sys
import time
from pathlib import Path

from workshop import BACKEND

PARENT = BACKEND / "work" / "parent.py"


def child(code: str, tmp_path: Path) -> "subprocess.Popen[bytes]":
    """Runs the module alone, since the room's front takes seconds to import."""
    script = tmp_path / "child.py"
    script.write_text(
        f"import runpy, signal, sys, time\nnames = runpy.run_path({str(PARENT)!r})\n{code}"
    )
    words = [sys.executable, str(script)]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_the_end_of_the_pipe_is_a_polite_signal(tmp_path: Path) -> None:
    code = (
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
        "names['end_with_parent']()\nprint('ready', flush=True)\ntime.sleep(30)\n"
    )
    with child(code, tmp_path) as process:
        assert process.stdout
        assert process.stdin
        process.stdout.readline()
        alive = process.poll()
        process.stdin.close()
        process.stdin = None

        assert alive is None
        assert process.wait(10) == 7


def test_who_does_not_listen_is_ended_all_the_same(tmp_path: Path) -> None:
    """Even with the main thread stuck for ever."""
    code = (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "names['end_with_parent'].__globals__['GRACE_SECONDS'] = 0.2\n"
        "names['end_with_parent']()\ntime.sleep(30)\n"
    )
    began = time.monotonic()
    with child(code, tmp_path) as process:
        assert process.stdin
        process.stdin.close()
        process.stdin = None

        assert process.wait(10) == 1
    assert time.monotonic() - began < 10
