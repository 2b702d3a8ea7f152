"""No file speaks of unfinished business or of one person's machine; and the rule sees it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from house.tree import ROOT
from house.words import breaches, files


@pytest.mark.skipif(
    not (ROOT / ".git").exists(), reason="git lists the files, and this is no clone"
)
def test_the_house_obeys() -> None:
    found = breaches(files(ROOT))

    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line", ["# TO" + "DO: later", "x = '/ho" + "me/ann/tally'", "cd /ro" + "ot/x", "FIX" + "ME"]
)
def test_a_forbidden_word_is_seen(plant: Callable[..., Path], line: str) -> None:
    root = plant({"jobs/job.py": f'"""A job."""\n{line}'})

    assert "job.py:2 holds" in breaches([root / "backend/jobs/job.py"])[0]


def test_words_that_only_look_alike_are_fine(plant: Callable[..., Path]) -> None:
    root = plant({"a.py": "todos = 'homework/later'; teamwork/x ./ro" + "ot/"})

    assert breaches([root / "backend/a.py"]) == []
