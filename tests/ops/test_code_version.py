"""The version of the code tells one state of it from another, and reads nothing but code."""

import re
from pathlib import Path

import pytest

from ops.code_version import code_version
from settings import PROJECT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "backend" / "jobs").mkdir(parents=True)
    (tmp_path / "backend" / "jobs" / "job.py").write_text("JOB = 1\n")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "tally"\nversion = "1.2.3"\n')
    return tmp_path


def test_this_checkout_has_one() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+\+[0-9a-f]{8}", code_version(PROJECT))


def test_it_is_the_same_for_the_same_code(project: Path) -> None:
    assert code_version(project) == code_version(project)
    assert code_version(project).startswith("1.2.3+")


@pytest.mark.parametrize("place", ["backend/jobs/job.py", "backend/cache/put.lua"])
def test_it_changes_with_the_code(project: Path, place: str) -> None:
    before = code_version(project)
    (project / place).parent.mkdir(exist_ok=True)
    (project / place).write_text("JOB = 2\n")

    assert code_version(project) != before


@pytest.mark.parametrize("place", ["backend/.env", "backend/data.db", "README.md"])
def test_it_does_not_change_with_anything_else(project: Path, place: str) -> None:
    before = code_version(project)
    (project / place).write_text("REDIS_URL=redis://:secret@host\n")

    assert code_version(project) == before


def test_a_backend_deployed_alone_has_one_too(project: Path) -> None:
    (project / "pyproject.toml").unlink()

    assert code_version(project).startswith("0+")
