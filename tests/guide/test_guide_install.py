"""The guide's pip commands, tried on environments that look like a reader's."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Final

import pytest

from guide.page import ROOT, block
from guide.terminal import Terminal

SITE: Final = Path(sysconfig.get_path("purelib"))


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """Where pip only says what it would do: this environment is not to be changed."""
    terminal = Terminal(tmp_path / "there")
    terminal.environment |= {"PIP_DRY_RUN": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return terminal


def test_what_is_installed_is_what_the_command_asks_for(terminal: Terminal) -> None:
    """In quotes: without them a shell would write into a file named =5.0.0."""
    said = terminal.run(
        block("1. Install the Redis client library", "pip install 'redis>=5.0.0'").text
    )

    assert said.code == 0, said.text
    assert "Requirement already satisfied: redis>=5.0.0" in said.text
    assert not list(terminal.folder.glob("=*"))


def test_the_requirements_name_all_that_is_needed(terminal: Terminal) -> None:
    said = terminal.run(
        block("1. Install the Redis client library", "pip install -r backend/requirements.txt").text
    )
    wanted = (ROOT / "backend" / "requirements.txt").read_text()

    assert said.code == 0, said.text
    assert "Would install" not in said.text
    assert "redis[hiredis]>=5.0.0" in wanted


@pytest.fixture
def reader(tmp_path: Path) -> Path:
    """The Python of an environment of its own: ours by links, but for a redis that is its own."""
    home = tmp_path / "reader"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    there = Path(str(SITE).replace(sys.prefix, str(home)))
    for entry in SITE.iterdir():
        if entry.name.startswith(("redis", "redis-")):
            shutil.copytree(entry, there / entry.name)
        elif not entry.name.endswith(".pth") and not (there / entry.name).exists():
            (there / entry.name).symlink_to(entry)
    return home / "bin"


def test_the_package_is_removed_and_nothing_breaks(reader: Path, tmp_path: Path) -> None:
    (reader / "pip").write_text(f'#!/bin/sh\nexec {reader}/python -m pip "$@"\n')
    (reader / "pip").chmod(0o755)
    terminal = Terminal(tmp_path / "there")
    terminal.environment |= {
        "PATH": f"{reader}:{os.environ['PATH']}",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    state = (
        "cd backend && python -c 'from cache import *;"
        'print(open_cache(parse_redis_url("redis://localhost:6379/0"), CacheStats()).state())\''
    )
    before = terminal.run(state)
    said = terminal.run(block("Option 3: remove the package", "pip uninstall redis -y").text)
    after = terminal.run(state)

    assert "redis-missing" not in before.text
    assert said.code == 0, said.text
    assert "Successfully uninstalled redis" in said.text
    assert "detail='redis-missing'" in after.text
    assert (SITE / "redis").is_dir()
