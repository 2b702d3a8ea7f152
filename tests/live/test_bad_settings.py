"""A senseless setting stops the start with one line; a Redis that is not there stops nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from live.installation import BACKEND, Installation

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

API = ("uvicorn", "main:app", "--port", "0")
WORKER = ("worker",)
SECRET = "s3cret"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", f"redis://:{SECRET}@localhost:6379/zero"),
        ("DATABASE_URL", f"mysql://tally:{SECRET}@localhost/tally"),
        ("DATABASE_URL", f"postgresql://tally:{SECRET}@localhost:port/tally"),
        ("CACHE_TTL_SECONDS", "abc"),
        ("DATA_DIR", "/dev/null/data"),
    ],
)
def test_a_start_with_nonsense_ends_with_one_clear_line(
    name: str, value: str, tmp_path: Path
) -> None:
    """At both doors, the API's and the worker's."""
    env = {**os.environ, **Installation(tmp_path).settings, name: value}
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=BACKEND,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for words in (API, WORKER)
    ]
    said = [process.communicate(timeout=60)[0] for process in processes]

    assert [len(text.splitlines()) for text in said] == [1, 1], "\n".join(said)
    assert [name in text for text in said] == [True, True]
    assert SECRET not in "".join(said)
    assert [process.returncode for process in processes] == [1, 1]


async def test_a_redis_that_does_not_exist_stops_nothing(tally: Installation) -> None:
    """The guide's way back: `export REDIS_URL=redis://invalid:9999`."""
    api = await tally.serve(REDIS_URL="redis://invalid:9999").up()
    job = await api.until_done(await api.create("thumbnail"))
    poll = await api.poll(job)
    stats = await api.stats()

    assert job["status"] == "succeeded"
    assert poll.headers["cache-status"] == "tally; fwd=bypass; detail=redis-down"
    assert stats["redis_enabled"] is False
