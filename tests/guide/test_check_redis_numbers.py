"""check-redis.sh asks nobody where a number that it was given cannot be meant: it says which."""

import os
import subprocess

import pytest

from guide.page import ROOT


@pytest.mark.parametrize(
    ("name", "given"),
    [
        *(("CHECK_SECONDS", given) for given in ("abc", "0", "1 -x", "-1", "10000")),
        *(("REDIS_PORT", given) for given in ("7901 -n 3", "http", "0", "65536", "9" * 30)),
    ],
)
def test_a_number_that_is_none_is_named_in_one_line(name: str, given: str) -> None:
    done = subprocess.run(
        ["sh", ROOT / "check-redis.sh"],
        env={"PATH": os.environ["PATH"], name: given},
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )

    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (1, "", 1)
    assert done.stdout.startswith(f"{name} is '{given}'; it must be a ")
