"""Imports only go down, through fronts, without circles; and the rules see it when they do not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from house.floors import back_doors, circles, uphill
from house.tree import ROOT

Plant = Callable[..., Path]


@pytest.mark.parametrize("rule", [uphill, back_doors, circles])
def test_the_house_obeys(rule: Callable[[Path], list[str]]) -> None:
    found = rule(ROOT)

    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    ["import api", "from api import x", "import cache", "def f():\n    from wiring import build"],
)
def test_an_import_that_does_not_go_down_is_seen(plant: Plant, line: str) -> None:
    root = plant(
        {"work/__init__.py": line, "api/__init__.py": "", "cache/__init__.py": "", "wiring.py": ""}
    )

    assert [line for line in uphill(root) if "work/__init__.py" in line]


def test_an_import_that_goes_down_is_fine(plant: Plant) -> None:
    root = plant({"work/engine.py": "from jobs import Job", "jobs/__init__.py": "Job = 1"})

    assert uphill(root) + back_doors(root) + circles(root) == []


def test_a_room_without_a_floor_is_seen(plant: Plant) -> None:
    assert "attic has no floor" in uphill(plant({"attic/__init__.py": ""}))[0]


@pytest.mark.parametrize(
    "line", ["from jobs.job import Job", "import jobs.job", "from jobs import job"]
)
def test_a_way_past_the_front_is_seen(plant: Plant, line: str) -> None:
    root = plant({"api/app.py": line, "jobs/__init__.py": "", "jobs/job.py": ""})

    assert "api/app.py:1 goes past the front of jobs" in back_doors(root)[0]


@pytest.mark.parametrize("line", ["from jobs.b import x", "from .b import x", "from . import b"])
def test_a_circle_is_seen(plant: Plant, line: str) -> None:
    root = plant({"jobs/__init__.py": "", "jobs/a.py": line, "jobs/b.py": "import jobs.a"})

    assert "circle" in circles(root)[0]


def test_a_file_that_asks_its_own_front_is_a_circle(plant: Plant) -> None:
    root = plant({"jobs/__init__.py": "from jobs.a import x", "jobs/a.py": "from jobs import y"})

    assert "circle" in circles(root)[0]
