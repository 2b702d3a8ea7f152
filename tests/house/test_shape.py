"""Names say something, files are short and speak first, tests mirror the tree."""

from collections.abc import Callable
from pathlib import Path

import pytest

from house.shape import (
    hollow_names,
    packages_under_tests,
    same_test_names,
    shadows,
    silent,
    too_long,
    untested,
)
from house.tree import ROOT

Rule = Callable[[Path], list[str]]
Plant = Callable[..., Path]


@pytest.mark.parametrize(
    "rule",
    [
        hollow_names,
        shadows,
        packages_under_tests,
        same_test_names,
        too_long,
        silent,
        untested,
    ],
)
def test_the_house_obeys(rule: Rule) -> None:
    found = rule(ROOT)

    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("rule", "place", "text"),
    [
        (hollow_names, "backend/jobs/utils.py", ""),
        (hollow_names, "backend/common/job.py", ""),
        (hollow_names, "tests/jobs/job_helpers.py", ""),
        (hollow_names, "backend/jobs/job.py", "class JobManager: ..."),
        (shadows, "backend/redis/__init__.py", ""),
        (shadows, "backend/calendar.py", ""),
        (packages_under_tests, "tests/cache/__init__.py", ""),
        (too_long, "backend/jobs/job.py", "x = 1\n" * 201),
        (silent, "backend/jobs/job.py", "# a comment is no docstring"),
        (untested, "backend/jobs/job.py", "def run() -> int:\n    return 1"),
        (untested, "backend/main.py", "async def run() -> int:\n    return 1"),
    ],
)
def test_a_breach_is_seen(plant: Plant, rule: Rule, place: str, text: str) -> None:
    assert len(rule(plant({place: text}, under="."))) == 1


@pytest.mark.parametrize(
    "rule", [hollow_names, shadows, same_test_names, too_long, silent, untested]
)
def test_an_orderly_room_is_fine(plant: Plant, rule: Rule) -> None:
    files = {
        "backend/jobs/__init__.py": '"""Jobs."""',
        "backend/jobs/sql_database.py": '"""Where they are kept."""',
        "tests/jobs/test_sql_database.py": '"""They are kept."""',
        "backend/jobs/store.py": '"""A face."""\nclass Store:\n    def get(self) -> int: ...',
        "backend/jobs/errors.py": '"""Errors."""\ndef text() -> str:\n    return ""',
        "tests/jobs/test_jobs_errors.py": '"""They speak."""',
    }

    assert rule(plant(files, under=".")) == []


def test_two_test_files_of_one_name_are_seen(plant: Plant) -> None:
    root = plant({"jobs/test_entry.py": "", "cache/test_entry.py": ""}, under="tests")

    assert len(same_test_names(root)) == 2
