"""A start that fails says what to mend, and no secret: not in its line, not in any traceback."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from live.installation import BACKEND, Installation

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

SECRET: Final = "Zq9-hush"
STARTS: Final = {
    "a bad REDIS_URL": {"REDIS_URL": f"redis://:{SECRET}@localhost:6379/zero"},
    "a bad DATABASE_URL": {"DATABASE_URL": f"postgresql://tally:{SECRET}@localhost:port/tally"},
    "an unknown option": {"DATABASE_URL": f"postgresql://tally:{SECRET}@h/d?password={SECRET}"},
    "no file but a password": {"REDIS_PASSWORD_FILE": SECRET},
    "no file but a URL": {"DATABASE_URL_FILE": f"postgresql://tally:{SECRET}@localhost/tally"},
    "a URL for a number": {"CACHE_TTL_SECONDS": f"redis://:{SECRET}@localhost"},
}
PROGRAM: Final = f"""
import os, traceback
from wiring import build_app
for name, given in {STARTS!r}.items():
    os.environ.update(given)
    try:
        build_app()
        print(name, "STARTED")
    except BaseException as error:
        print(name, repr(error), str(error), repr(error.__context__), repr(error.__cause__))
        traceback.print_exc()
    for setting in given:
        del os.environ[setting]
"""


def test_no_start_that_fails_tells_a_secret(tmp_path: Path) -> None:
    """In one process, for its imports take longer than all of these starts together."""
    settings = {**Installation(tmp_path).settings, "REDIS_URL": "redis://localhost:6379/0"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=BACKEND,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = done.stdout + done.stderr
    refused = re.findall(rf"^({'|'.join(STARTS)}) Bad", said, re.MULTILINE)

    assert refused == [*STARTS], said
    assert SECRET not in said
