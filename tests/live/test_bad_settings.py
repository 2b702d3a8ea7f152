"""A senseless setting stops the start with one line; a Redis that is not there stops nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from live.installation import BACKEND, Installation

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

SECRET = "s3cret"
SENSELESS = [
    ("uvicorn", "REDIS_URL", f"redis://:{SECRET}@localhost:6379/zero"),
    ("uvicorn", "DATABASE_URL", f"postgresql://tally:{SECRET}@localhost:port/tally"),
    ("uvicorn", "CACHE_TTL_SECONDS", "abc"),
    ("uvicorn", "DATA_DIR", "/dev/null/data"),
    ("worker", "DATABASE_URL", f"mysql://tally:{SECRET}@localhost/tally"),
]
DOORS = {"uvicorn": ("uvicorn", "main:app", "--port", "0"), "worker": ("worker",)}


@pytest.fixture(scope="module")
def starts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[subprocess.Popen[str]]]:
    """A process for each senseless setting, all at once: a start is seconds of imports."""
    settings = Installation(tmp_path_factory.mktemp("senseless")).settings
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", *DOORS[door]],
            cwd=BACKEND,
            env={**os.environ, **settings, name: value},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for door, name, value in SENSELESS
    ]
    yield processes
    for process in processes:
        process.kill()
        process.wait()


@pytest.mark.parametrize("number", range(len(SENSELESS)), ids=[" ".join(it) for it in SENSELESS])
def test_a_start_with_a_senseless_setting_ends_with_one_clear_line(
    number: int, starts: list[subprocess.Popen[str]]
) -> None:
    said, _ = starts[number].communicate(timeout=60)

    assert len(said.splitlines()) == 1, said
    assert "cannot start" in said
    assert SENSELESS[number][1] in said
    assert SECRET not in said
    assert starts[number].returncode == 1


async def test_a_redis_that_does_not_exist_stops_nothing(tally: Installation) -> None:
    """The guide's way back: `export REDIS_URL=redis://invalid:9999`."""
    api = await tally.serve(REDIS_URL="redis://invalid:9999", EMBEDDED_WORKER="off").up()
    poll = await api.poll(await api.create("thumbnail"))
    stats = await api.stats()

    assert poll.status_code == 200
    assert poll.headers["cache-status"].endswith("; detail=near")
    assert stats["redis_enabled"] is False
