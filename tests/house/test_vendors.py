"""Each outside thing is met in its own file only; and the rule sees it elsewhere."""

from collections.abc import Callable
from pathlib import Path

import pytest

from house.tree import ROOT
from house.vendors import strangers


def test_the_house_obeys() -> None:
    found = strangers(ROOT)

    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("line", "thing"),
    [
        ("import redis", "redis"),
        ("from redis.asyncio import Redis", "redis"),
        ("def f():\n    import dbos", "dbos"),
        ("import sqlite3", "sqlite3"),
        ("import subprocess", "a child process"),
        ("import os\nos.fork()", "a child process"),
        ("import asyncio\nasyncio.create_subprocess_exec('ls')", "a child process"),
        ("import a_library_nobody_chose", "a_library_nobody_chose"),
    ],
)
def test_a_stranger_in_the_wrong_file_is_seen(
    plant: Callable[..., Path], line: str, thing: str
) -> None:
    found = strangers(plant({"jobs/job.py": line}))

    assert len(found) == 1
    assert f"backend/jobs/job.py uses {thing}" in found[0]


def test_a_vendor_in_its_own_file_is_fine(plant: Callable[..., Path]) -> None:
    files = {"cache/redis_driver.py": "import redis", "jobs/sql_jobs.py": "import sqlalchemy, json"}

    assert strangers(plant(files)) == []
