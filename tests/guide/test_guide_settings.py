"""What the guide sets is set: a shell and `.env` get the same, and Tally knows what it means."""

import os
from pathlib import Path
from typing import Final

import pytest

from cache import parse_redis_url
from guide.page import GUIDE, blocks
from guide.terminal import variables
from settings import Settings, read_settings

LINES: Final = [
    line.removeprefix("export ")
    for block in blocks(GUIDE.read_text())
    if block.only_sets and block.heading != "Health checks"  # those are check-redis.sh's own
    for line in block.lines
]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A `.env` of the test's own, and an environment that says nothing."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setitem(Settings.model_config, "env_file", tmp_path / ".env")
    return tmp_path / ".env"


def test_there_are_many_and_of_several_settings() -> None:
    names = {line.partition("=")[0] for line in LINES}

    assert len(LINES) > 20
    assert {"REDIS_URL", "CACHE_TTL_SECONDS", "CACHE_BUDGET_SECONDS"} <= names


@pytest.mark.parametrize("line", LINES)
def test_a_line_means_the_same_in_a_shell_and_in_a_dotenv_file(line: str, bare: Path) -> None:
    name = line.partition("=")[0]
    shell = variables(os.environ, line, name)
    bare.write_text(f"{line}\n")
    settings = read_settings()

    assert name.lower() in settings.model_fields_set
    assert str(getattr(settings, name.lower())) in (shell, f"{shell}.0")


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("REDIS_URL=")])
def test_every_redis_url_can_mean_something(line: str, bare: Path) -> None:
    bare.write_text(f"{line}\n")
    url = read_settings().redis_url

    assert (parse_redis_url(url) is None) == (url == "none")
