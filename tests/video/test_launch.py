"""The launcher limits itself before it becomes the command."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

LAUNCHER = Path(__file__).parents[2] / "backend" / "video" / "launch.py"
LIMITS = {"cpu_seconds": 100, "file_bytes": 5_000, "memory_bytes": 1 << 30}
REPORT = """
import json, os, resource, signal
names = ("RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_AS", "RLIMIT_CORE")
print(json.dumps({name: resource.getrlimit(getattr(resource, name)) for name in names}
                 | {"nice": os.nice(0)}))
"""


def launched(command: list[str], **changes: object) -> subprocess.CompletedProcess[str]:
    asked = json.dumps(LIMITS | {"parent": os.getpid()} | changes)
    words = [sys.executable, "-I", "-S", str(LAUNCHER), asked, *command]
    return subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="limits that only Linux keeps")
def test_the_command_has_the_limits_and_cannot_raise_them() -> None:
    report = json.loads(launched([sys.executable, "-c", REPORT]).stdout)

    assert report["RLIMIT_CPU"] == [100, 100]
    assert report["RLIMIT_FSIZE"] == [5_000, 5_000]
    assert report["RLIMIT_AS"] == [1 << 30, 1 << 30]
    assert report["RLIMIT_CORE"] == [0, 0]
    assert report["nice"] > os.nice(0)


def test_too_large_a_file_ends_the_command_by_a_signal(tmp_path: Path) -> None:
    write = 'exec head -c 100000 /dev/zero > "$0"'
    ended = launched(["/bin/sh", "-c", write, str(tmp_path / "large")])

    assert ended.returncode == -signal.SIGXFSZ
    assert (tmp_path / "large").stat().st_size == 5_000


def test_who_comes_after_its_parent_is_gone_does_not_start() -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux tells a child of its parent's end")

    assert launched(["/bin/echo", "started"], parent=1).stdout == ""


def test_a_command_that_cannot_start_ends_as_in_a_shell(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("no program")

    assert launched([str(tmp_path / "missing")]).returncode == 127
    assert launched([str(plain)]).returncode == 126
